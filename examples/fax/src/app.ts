import { defineApp } from 'throughline/app';
import { catalogue } from './catalogue';
import { channels } from './fax';
import { providers } from './providers';

export const app = defineApp({
  workflowsPath: require.resolve('./journeys'),
  catalogue,
  channels,
  providers,
  policy: {
    caps: [{ name: 'faxes', max: 5, window: '1 day', channels: ['fax'] }],
    quietHours: [{ from: '20:00', to: '07:00', channels: ['fax'] }],
    defaultZone: 'Europe/Berlin',
    defaultLocale: 'en',
    costs: { fax: 0.07 },
  },
});
