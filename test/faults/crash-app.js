/** An application as a user of the package would write it, in JavaScript, on the built package. */
const { z } = require('zod');
const { defineApp } = require('../../dist/src/app');

const text = z.string().optional();
const template = (subject) => ({
  props: z.object({}),
  email: {
    subject,
    mjml: `<mjml><mj-body><mj-section><mj-column><mj-text>${subject}</mj-text></mj-column></mj-section></mj-body></mjml>`,
  },
});

module.exports.app = defineApp({
  workflowsPath: require.resolve('./crash-journeys'),
  catalogue: {
    events: {
      'Product Viewed': z.looseObject({ product_id: text }),
      'Order Completed': z.looseObject({ order_id: text }),
      'Application Opened': z.looseObject({}),
    },
    templates: { offer: template('An offer'), receipt: template('Your receipt') },
    experiments: {},
    flags: {},
    topics: ['offers'],
    traits: z.looseObject({}),
  },
  policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
});
