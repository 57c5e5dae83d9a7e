import { defineJourney, on, type JourneyPurpose } from '../../journey';

/** Requests the confirmation of a subscription, sends one reminder, and a welcome when it is confirmed. */
export const doubleOptIn = defineJourney(
  {
    trigger: on('Subscription Requested', { key: (e) => e.properties.topic }),
    listens: [on('Subscription Confirmed', { key: (e) => e.properties.topic })],
    reentry: { after: '1 day' },
  },
  async (j) => {
    const { topic } = j.event.properties;
    const requestConfirmation = () =>
      j.send('confirm-subscription', {
        purpose: 'transactional',
        via: ['email'],
        props: { topic },
      });
    await requestConfirmation();
    let confirmed = await j.waitFor('Subscription Confirmed', { timeout: '2 days' });
    if (!confirmed) {
      await requestConfirmation();
      confirmed = await j.waitFor('Subscription Confirmed', { timeout: '5 days' });
    }
    if (!confirmed) return j.exit('not confirmed');
    await j.send('subscription-welcome', {
      // `defineApp` accepts the event for the application's topics only.
      purpose: topic as JourneyPurpose,
      via: ['email', 'inapp'],
      props: { topic },
    });
  },
);
