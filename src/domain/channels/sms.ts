import { defineChannel } from './channel-definition';
import { phoneAddress, phoneInbound, textMessage } from './phone';

export const sms = defineChannel({
  kind: 'sms',
  wireId: 1,
  address: phoneAddress,
  labels: {
    en: { name: 'Text message', by: 'by text message' },
    de: { name: 'SMS', by: 'per SMS' },
    fr: { name: 'SMS', by: 'par SMS' },
  },
  message: textMessage,
  inbound: phoneInbound,
});
