import { defineChannel } from './channel-definition';

export const letter = defineChannel({
  kind: 'letter',
  wireId: 6,
  address: {
    trait: 'postal_address',
    normalize: (value) => value.trim() || undefined,
    readable: true,
  },
  labels: {
    en: { name: 'Letter', by: 'by letter' },
    de: { name: 'Brief', by: 'per Brief' },
    fr: { name: 'Courrier', by: 'par courrier' },
  },
});
