import { defineJourney, on } from '../../journey';

/** Sends a new link to the preference centre on request, at most every ten minutes. */
export const preferenceLink = defineJourney(
  {
    trigger: on('Preference Link Requested'),
    reentry: { after: '10 minutes' },
  },
  async (j) => {
    await j.send('preference-link', { purpose: 'transactional', via: ['email'], props: {} });
  },
);
