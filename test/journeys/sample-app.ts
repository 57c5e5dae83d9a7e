import { defineApp } from '../../src/app';
import { catalogue } from '../../src/workflows/catalogue';
import { segments } from '../../src/workflows/segments';

/** The sample journeys on the shop's catalogue, without limits that would get in the way. */
export const sampleApp = defineApp({
  workflowsPath: require.resolve('./sample-journeys'),
  catalogue,
  segments,
  policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
});
