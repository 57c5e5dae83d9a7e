import {
  addressOf,
  channelsOfTrait,
  channelsSharingAddress,
  normalAddress,
} from '../../../src/domain/channels/address-of';

describe('an address', () => {
  it.each([
    '+491701234567',
    '+49 (0)170 1234567',
    '0049 170 1234567',
    '+49-170-123 45 67',
    ' tel:+49 170/1234567 ',
    'whatsapp:+491701234567',
    '+49\u00a0170\u20111234567',
  ])('is one E.164 number on each phone channel, however it is typed: %s', (phone) => {
    const customer = { id: 'c', traits: { phone } };
    for (const channel of ['sms', 'whatsapp', 'call'] as const) {
      expect(addressOf(channel, customer, null)).toBe('+491701234567');
      expect(normalAddress(channel, phone)).toBe('+491701234567');
    }
  });

  it.each(['0170/1234567', '1-800-FLOWERS', '', 'call me', '+49'])(
    'is none where a phone number does not say its country, or is none: %j',
    (phone) => {
      expect(addressOf('sms', { id: 'c', traits: { phone } }, null)).toBeNull();
    },
  );

  it('is the customer in the app, and the configured one for webhooks', () => {
    const customer = { id: 'c', traits: { email: ' Ada@shop.example ' } };
    expect(addressOf('inapp', customer, 'https://x.example')).toBe('c');
    expect(addressOf('webhook', customer, 'https://x.example')).toBe('https://x.example');
    expect(addressOf('webhook', customer, null)).toBeNull();
    expect(addressOf('email', customer, null)).toBe('Ada@shop.example');
    expect(addressOf('push', customer, null)).toBeNull();
  });

  it('belongs to every channel that is reached by the same trait', () => {
    expect(channelsSharingAddress('whatsapp')).toEqual(['sms', 'whatsapp', 'call']);
    expect(channelsSharingAddress('inapp')).toEqual(['inapp']);
    expect(channelsOfTrait('email')).toEqual(['email']);
  });
});
