import type { ChannelKind } from './channel-kind';

/** Channels that reach a customer by the same address. */
const BY_PHONE: readonly ChannelKind[] = ['sms', 'whatsapp', 'call'];

/** Every channel on which an address of this channel is an address, this one included. */
export function channelsOfAddress(channel: ChannelKind): readonly ChannelKind[] {
  return BY_PHONE.includes(channel) ? BY_PHONE : [channel];
}

/**
 * A phone number without what people put between its digits, so that one number is written in one
 * way: `+49 (170) 123-45` becomes `+4917012345`, and a leading `00` becomes `+`. What holds letters
 * is no number and stays as it is.
 */
export function tidyPhone(text: string): string {
  const bare = text.trim().replace(/^(?:whatsapp|tel|sms):/i, '');
  if (!/^\+?[\d\s().\-/\u00a0\u2010-\u2015]+$/.test(bare)) return text.trim();
  const digits = bare.replaceAll(/\D/g, '');
  if (bare.startsWith('+')) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}
