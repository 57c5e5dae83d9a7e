import { defineJourney, on, onRequest } from '../../src/journey';

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

/** Two messages, to tell what one message costs without a wait. */
export const sendSend = defineJourney(
  { trigger: on('Subscription Requested'), purpose: 'transactional' },
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

/** Waits for long. */
export const parked = defineJourney(
  {
    trigger: on('Application Installed'),
    listens: ['Application Opened'],
    exit: [on('Application Uninstalled')],
  },
  async (j) => {
    await j.waitFor('Application Opened', { timeout: '60 days' });
  },
);

/** One message and no wait, started by request. */
export const sendOnce = defineJourney(
  { trigger: onRequest(), purpose: 'transactional' },
  async (j) => {
    await j.send('appointment-reminder', mail);
  },
);
