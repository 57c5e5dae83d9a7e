import { defineApp } from './app';
import { catalogue } from './workflows/catalogue';

/** The application that ships: what runs when THROUGHLINE_APP names no other. */
export const app = defineApp({
  workflowsPath: require.resolve('./workflows'),
  catalogue,
  policy: {
    caps: [
      { name: 'a day', max: 1, window: '1 day' },
      { name: 'a week', max: 3, window: '7 days' },
    ],
    quietHours: [{ from: '21:00', to: '08:00', channels: ['sms', 'push', 'email', 'whatsapp'] }],
    defaultZone: 'UTC',
    defaultLocale: 'en',
    retention: { events: '800 days', messages: '400 days' },
    costs: { email: 0.001, push: 0.0005, sms: 0.045, whatsapp: 0.06 },
  },
});
