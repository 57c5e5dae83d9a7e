import { defineApp } from '../../src/app';
import { catalogue } from '../../src/workflows/catalogue';
import { segments } from '../../src/workflows/segments';

/** The sample journeys with the shop's catalogue, without caps and quiet hours. */
export const sampleApp = defineApp({
  workflowsPath: require.resolve('./sample-journeys'),
  catalogue,
  segments,
  policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
});
