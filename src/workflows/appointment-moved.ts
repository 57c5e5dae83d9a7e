import { defineJourney, on } from 'throughline';

/** Sends the new time of an appointment as soon as it is rescheduled. */
export const appointmentMoved = defineJourney(
  { trigger: on('Appointment Rescheduled', { key: (e) => e.id }) },
  async (j) => {
    await j.send('appointment-moved', {
      purpose: 'transactional',
      via: ['email', 'sms', 'inapp'],
      props: { starts_at: j.event.properties.starts_at },
      priority: 'high',
    });
  },
);
