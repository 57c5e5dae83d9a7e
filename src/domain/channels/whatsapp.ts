import { defineChannel } from './channel-definition';
import { phoneAddress, phoneInbound, textMessage } from './phone';

export const whatsapp = defineChannel({
  kind: 'whatsapp',
  wireId: 5,
  address: phoneAddress,
  labels: {
    en: { name: 'WhatsApp', by: 'by WhatsApp' },
    de: { name: 'WhatsApp', by: 'per WhatsApp' },
    fr: { name: 'WhatsApp', by: 'par WhatsApp' },
  },
  message: textMessage,
  inbound: phoneInbound,
});
