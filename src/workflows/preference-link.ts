import { defineJourney, on } from 'throughline';

/** Sends a new link to the preference centre to whoever asked for one, every ten minutes at most. */
export const preferenceLink = defineJourney(
  {
    trigger: on('Preference Link Requested'),
    reentry: { after: '10 minutes' },
  },
  async (j) => {
    await j.send('preference-link', { purpose: 'transactional', via: ['email'], props: {} });
  },
);
