import { defineChannel } from './channel-definition';
import { phoneAddress } from './phone';

export const call = defineChannel({
  kind: 'call',
  wireId: 7,
  address: phoneAddress,
  labels: {
    en: { name: 'Phone call', by: 'by phone' },
    de: { name: 'Anruf', by: 'per Telefon' },
    fr: { name: 'Appel', by: 'par téléphone' },
  },
});
