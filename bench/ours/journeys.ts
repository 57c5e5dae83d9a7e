import { defineJourney, on } from '../../src/journey';

const mail = {
  via: ['email'],
  props: { starts_at: '2030-01-01T10:00:00Z', hours_before: 1 },
} as const;

/** What the bare workflow does too: a message, a wait that an event ends, a message. */
export const sendWaitSend = defineJourney(
  {
    trigger: on('Cart Updated', { key: (e) => e.properties.cart_id }),
    listens: ['Order Completed'],
    purpose: 'transactional',
  },
  async (j) => {
    await j.send('appointment-reminder', mail);
    await j.waitFor('Order Completed', { timeout: '1 day' });
    await j.send('appointment-reminder', mail);
  },
);

/** One message and no wait. */
export const sendOnce = defineJourney(
  { trigger: on('Signed Up'), purpose: 'transactional' },
  async (j) => {
    await j.send('appointment-reminder', mail);
  },
);

/** Two messages, which tell what one costs without a wait. */
export const sendTwice = defineJourney(
  { trigger: on('Trial Started'), purpose: 'transactional' },
  async (j) => {
    await j.send('appointment-reminder', mail);
    await j.send('appointment-reminder', mail);
  },
);

/** A message each time the event comes: many reactions for one start. */
export const reactor = defineJourney(
  {
    trigger: on('Appointment Booked', { key: (e) => e.properties.appointment_id }),
    listens: ['Appointment Rescheduled'],
    purpose: 'transactional',
  },
  async (j) => {
    while (await j.waitFor('Appointment Rescheduled', { timeout: '1 day' })) {
      await j.send('appointment-reminder', mail);
    }
  },
);

/** Waits for long, again and again. */
export const parked = defineJourney(
  { trigger: on('Application Installed'), listens: ['Application Opened'] },
  async (j) => {
    for (;;) if (!(await j.waitFor('Application Opened', { timeout: '60 days' }))) return;
  },
);
