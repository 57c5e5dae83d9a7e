import { defineJourney, on } from '../../journey';

/** Sends a customer who asked for it a new link to the preference centre, at most every ten minutes. */
export const preferenceLink = defineJourney(
  {
    trigger: on('Preference Link Requested'),
    reentry: { after: '10 minutes' },
  },
  async (j) => {
    await j.send('preference-link', { purpose: 'transactional', via: ['email'], props: {} });
  },
);
