import { defineJourney, on } from 'throughline';

/** A reminder four hours after a cart was abandoned, and a last call a day later; one enrollment per cart. */
export const abandonedCart = defineJourney(
  {
    trigger: on('Cart Updated', { key: (e) => e.properties.cart_id }),
    goal: on('Order Completed', { within: '7 days' }),
    exit: [on('Cart Emptied', { key: (e) => e.properties.cart_id })],
    listens: [on('Cart Updated', { key: (e) => e.properties.cart_id }), 'Message Clicked'],
    reentry: { after: '1 day' },
    purpose: 'offers',
    holdout: 0.05,
  },
  async (j) => {
    // Each change of the cart restarts the four hours.
    await j.waitFor([], { timeout: '4 hours', resetOn: 'Cart Updated' });
    const arm = await j.experiment('cart-reminder');
    const sent = await j.send('cart-reminder', {
      via: ['push', 'email'],
      about: j.event,
      props: { arm },
    });
    if (await j.waitFor('Message Clicked', { of: sent, timeout: '1 day' })) return;
    await j.send('cart-last-call', { via: ['sms', 'email'], about: j.event, priority: 'high' });
  },
);
