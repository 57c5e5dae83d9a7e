import { defineJourney, on } from 'throughline';

/** Welcomes a customer who signed up, and helps those who have not ordered after three days. */
export const welcome = defineJourney(
  {
    trigger: on('Signed Up'),
    goal: on('Order Completed', { within: '30 days' }),
    reentry: 'never',
  },
  async (j) => {
    await j.send('welcome', {
      purpose: 'transactional',
      via: ['email'],
      props: { plan: j.event.properties.plan },
    });
    await j.sleep('3 days');
    await j.sleepUntil({ time: '10:00' });
    await j.send('first-steps', { purpose: 'tips', via: ['email'] });
  },
);
