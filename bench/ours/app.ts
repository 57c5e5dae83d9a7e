import { defineApp } from '../../src/app';
import { catalogue } from '../../src/workflows/catalogue';

/** The bench's journeys on the shop's catalogue, without limits that would hold messages back. */
export const app = defineApp({
  workflowsPath: require.resolve('./journeys'),
  catalogue,
  policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
});
