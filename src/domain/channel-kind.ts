/** Every way to reach a customer that the words of a decision can name. */
export const CHANNELS = [
  'email',
  'sms',
  'push',
  'inapp',
  'webhook',
  'whatsapp',
  'letter',
  'call',
] as const;

export type ChannelKind = (typeof CHANNELS)[number];

export function isChannelKind(value: unknown): value is ChannelKind {
  return CHANNELS.includes(value as ChannelKind);
}
