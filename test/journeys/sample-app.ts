import { defineApp } from '../../src/app';
import { catalogue } from '../../src/workflows/catalogue';

/** The sample journeys on the shop's catalogue, without limits that would get in the way. */
export const sampleApp = defineApp({
  workflowsPath: require.resolve('./sample-journeys'),
  catalogue,
  policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
});
