import { defineApp } from 'throughline/app';
import { catalogue } from './catalogue';

export const app = defineApp({
  workflowsPath: require.resolve('./journeys'),
  catalogue,
  policy: {
    caps: [{ name: 'weekly', max: 2, window: '7 days' }],
    quietHours: [{ from: '21:00', to: '08:00', channels: ['email'] }],
    defaultZone: 'Europe/Berlin',
    defaultLocale: 'en',
    costs: { email: 0.001 },
  },
  preferenceCentre: { brand: 'Example', home: 'https://example.com' },
});
