import { defineJourney, on } from 'throughline';

/** Advice after the delivery; after a large order also the offer of a call by a consultant. */
export const postPurchase = defineJourney(
  {
    trigger: on('Order Completed', { key: (e) => e.properties.order_id }),
    exit: [
      on('Order Cancelled', { key: (e) => e.properties.order_id }),
      on('Order Refunded', { key: (e) => e.properties.order_id }),
    ],
    listens: ['Message Clicked', 'Message Replied'],
    reentry: 'never',
    purpose: 'tips',
    holdout: 0.05,
  },
  async (j) => {
    const order_id = j.key;
    await j.sleep('5 days');
    await j.send('post-purchase-advice', { via: ['email', 'inapp'], props: { order_id } });
    if ((j.event.properties.total ?? 0) < 100 || !(await j.flag('consultation-calls'))) return;

    await j.sleep('2 days');
    const offer = await j.send('consultation-offer', {
      via: ['email', 'inapp'],
      props: { order_id },
    });
    const reaction = await j.waitFor(['Message Clicked', 'Message Replied'], {
      of: offer,
      timeout: '7 days',
    });
    if (!reaction) return;
    const call = await j.task('consultation-call', {
      title: 'Call about a recent order',
      details: { order_id },
      due: '2 days',
    });
    await j.setTraits({ lifecycle: call.completed ? 'advised' : 'advice missed' });
  },
);
