import { defineJourney, on } from 'throughline';

/** Reminds a day and two hours before an appointment, also after it is rescheduled. */
export const appointmentReminder = defineJourney(
  {
    trigger: on('Appointment Booked', { key: (e) => e.properties.appointment_id }),
    exit: [on('Appointment Cancelled', { key: (e) => e.properties.appointment_id })],
    listens: [on('Appointment Rescheduled', { key: (e) => e.properties.appointment_id })],
  },
  async (j) => {
    const of = ['Appointment Booked', 'Appointment Rescheduled'] as const;
    for (;;) {
      for (const hours of [24, 2] as const) {
        const slept = await j.sleepUntil({ property: 'starts_at', of, offset: `-${hours} hours` });
        if (slept !== 'reached') continue; // booked or rescheduled too late for this reminder
        const appointment = await j.latest(of);
        await j.send('appointment-reminder', {
          purpose: 'transactional',
          via: ['email', 'sms', 'inapp'],
          props: {
            starts_at: appointment?.properties.starts_at ?? j.event.properties.starts_at,
            hours_before: hours,
          },
        });
      }
      // If it is rescheduled before it begins, both reminders are due again.
      if (!(await j.waitFor('Appointment Rescheduled', { timeout: '2 hours' }))) return;
    }
  },
);
