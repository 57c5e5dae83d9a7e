const { defineJourney, on } = require('../../dist/src/journey');

module.exports.marketing = defineJourney(
  { trigger: on('Product Viewed'), purpose: 'offers' },
  async (j) => {
    await j.send('offer', { via: ['email'] });
    await j.sleep('1 second');
  },
);

module.exports.transactional = defineJourney({ trigger: on('Order Completed') }, async (j) => {
  await j.send('receipt', { purpose: 'transactional', via: ['email'] });
});
