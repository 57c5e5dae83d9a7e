import { defineJourney, on } from 'throughline';

/** From the installation to the first order: a welcome, first steps, and help for customers who do not return. */
export const appOnboarding = defineJourney(
  {
    trigger: on('Application Installed'),
    goal: on('Order Completed', { within: '30 days' }),
    exit: [on('Application Uninstalled')],
    listens: ['Application Opened'],
    reentry: { after: '180 days' },
    purpose: 'tips',
    holdout: 0.05,
  },
  async (j) => {
    await j.send('onboarding-welcome', { via: ['push', 'inapp', 'email'] });
    const opened = await j.waitFor('Application Opened', { timeout: '2 days' });
    if (opened) {
      await j.sleep('1 day'); // not two messages within a day
      await j.sleepUntil({ time: '10:00' });
      await j.send('onboarding-first-steps', { via: ['push', 'inapp', 'email'] });
      return;
    }
    await j.send('onboarding-help-offer', { via: ['email', 'push'] });
    await j.waitFor('Application Opened', { timeout: '12 days' });
    await j.send('onboarding-first-steps', { via: ['push', 'email'] });
  },
);
