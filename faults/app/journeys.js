const { defineJourney, on } = require('../../dist/src/journey');

const byDiary = { key: (event) => event.properties.diary_id };
const byOrder = { key: (event) => event.properties.order_id };
const byProduct = { key: (event) => event.properties.product_id };

/** Notes the entries in the order in which it sees them, and tells at its end what it saw. */
module.exports.diary = defineJourney(
  { trigger: on('Diary Opened', byDiary), listens: [on('Diary Written', byDiary)] },
  async (j) => {
    const { diary_id, entries } = j.event.properties;
    const seen = [];
    while (seen.length < entries) {
      const written = await j.waitFor('Diary Written', { timeout: '1 hour' });
      if (written === undefined) break;
      seen.push(written.properties.number);
    }
    await j.track('Diary Closed', { diary_id, seen: seen.join(' ') });
  },
);

/** Transactional mail around a wait that an event or a timeout ends. */
module.exports.order = defineJourney(
  {
    trigger: on('Order Completed', byOrder),
    listens: [on('Parcel Delivered', byOrder)],
    reentry: 'never',
  },
  async (j) => {
    const { order_id: about, patience } = j.event.properties;
    await j.send('receipt', { purpose: 'transactional', via: ['email'], props: { about } });
    const delivered = await j.waitFor('Parcel Delivered', { timeout: patience });
    if (delivered === undefined) {
      await j.send('sorry', { purpose: 'transactional', via: ['email'], props: { about } });
    } else await j.send('thanks', { purpose: 'offers', via: ['email'], props: { about } });
  },
);

/** Marketing around a sleep that a goal or an exit event may end. */
module.exports.interest = defineJourney(
  {
    trigger: on('Product Viewed', byProduct),
    goal: on('Offer Taken', byProduct),
    exit: [on('Interest Lost', byProduct)],
    purpose: 'offers',
  },
  async (j) => {
    const { product_id: about, patience } = j.event.properties;
    await j.send('offer', { via: ['email'], props: { about } });
    await j.sleep(patience);
    await j.send('reminder', { via: ['email'], props: { about } });
  },
);
