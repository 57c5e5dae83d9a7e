import { defineChannel } from './channel-definition';
import { notification } from './notification';

/** The in-app inbox. */
export const inapp = defineChannel({
  kind: 'inapp',
  wireId: 3,
  address: { from: 'customer' },
  labels: {
    en: { name: 'Message in the app', by: 'in the app' },
    de: { name: 'Nachricht in der App', by: 'in der App' },
    fr: { name: 'Message dans l’application', by: 'dans l’application' },
  },
  message: notification,
});
