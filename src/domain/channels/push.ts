import { defineChannel } from './channel-definition';
import { notification } from './notification';

export const push = defineChannel({
  kind: 'push',
  wireId: 2,
  address: {
    trait: 'push_token',
    normalize: (value) => value.trim() || undefined,
    readable: false,
  },
  labels: {
    en: { name: 'Push notification', by: 'by push notification' },
    de: { name: 'Push-Nachricht', by: 'per Push-Nachricht' },
    fr: { name: 'Notification push', by: 'par notification push' },
  },
  message: notification,
});
