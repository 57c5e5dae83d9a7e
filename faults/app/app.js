/**
 * The application of a run with faults, as a user of the package would write it: in JavaScript, on
 * the built package. Whose events are late does not change where its journeys end.
 */
const { z } = require('zod');
const { defineApp } = require('../../dist/src/app');

const template = (subject) => ({
  props: z.object({ about: z.string() }),
  email: {
    subject: `${subject} {{ props.about }}`,
    mjml: `<mjml><mj-body><mj-section><mj-column><mj-text>${subject}</mj-text></mj-column></mj-section></mj-body></mjml>`,
  },
});

const about = (name) => z.looseObject({ [name]: z.string() });

module.exports.app = defineApp({
  workflowsPath: require.resolve('./journeys'),
  catalogue: {
    events: {
      'Diary Opened': z.looseObject({ diary_id: z.string(), entries: z.number() }),
      'Diary Written': z.looseObject({ diary_id: z.string(), number: z.number() }),
      'Diary Closed': z.looseObject({ diary_id: z.string(), seen: z.string() }),
      'Order Completed': z.looseObject({ order_id: z.string(), patience: z.number() }),
      'Parcel Delivered': about('order_id'),
      'Product Viewed': z.looseObject({ product_id: z.string(), patience: z.number() }),
      'Offer Taken': about('product_id'),
      'Interest Lost': about('product_id'),
      'Page Read': about('page_id'),
    },
    templates: {
      receipt: template('Receipt'),
      sorry: template('Sorry'),
      thanks: template('Thanks'),
      offer: template('Offer'),
      reminder: template('Reminder'),
    },
    experiments: {},
    flags: {},
    topics: ['offers'],
    traits: z.looseObject({}),
  },
  policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
});
