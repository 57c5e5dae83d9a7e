import { defineJourney, on } from 'throughline';

const LAPSED_AFTER = 90;

/** Ninety days after the last order: a reminder, then one of two offers as an experiment. */
export const winBack = defineJourney(
  {
    trigger: on('Order Completed'),
    listens: ['Order Completed', 'Message Clicked'],
    reentry: 'after exit',
    purpose: 'offers',
    holdout: 0.05,
  },
  async (j) => {
    // Each order restarts the ninety days.
    await j.waitFor([], { timeout: `${LAPSED_AFTER} days`, resetOn: 'Order Completed' });
    await j.sleepUntil({ time: '10:00' });
    await j.send('win-back-reminder', {
      via: ['email', 'push'],
      props: { days_since_order: LAPSED_AFTER },
    });
    if (await j.waitFor('Order Completed', { timeout: '14 days' })) return;
    const arm = await j.experiment('win-back-offer');
    await j.send('win-back-offer', { via: ['email', 'push'], props: { arm }, value: 20 });
    await j.waitFor('Order Completed', { timeout: '30 days' });
  },
);
