import { defineJourney, on } from 'throughline';

/** Confirms every order immediately, once. */
export const orderConfirmation = defineJourney(
  {
    trigger: on('Order Completed', { key: (e) => e.properties.order_id ?? e.id }),
    reentry: 'never',
    priority: 1,
  },
  async (j) => {
    await j.send('order-confirmation', {
      purpose: 'transactional',
      via: ['email', 'inapp'],
      about: j.event,
      priority: 'high',
    });
  },
);
