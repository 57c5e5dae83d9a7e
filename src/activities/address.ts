import type { ChannelKind } from '../domain/channel-kind';
import { tidyPhone } from '../domain/contact-address';
import type { JsonObject } from '../domain/json';

export interface AddressedCustomer {
  readonly id: string;
  readonly traits: JsonObject;
}

/** The trait that holds a customer's address on a channel, where a trait holds it. */
const TRAIT: Partial<Record<ChannelKind, string>> = {
  email: 'email',
  sms: 'phone',
  whatsapp: 'phone',
  call: 'phone',
  push: 'push_token',
  letter: 'postal_address',
};

/** Where a customer is reached on a channel; null where nobody has told. */
export function addressOf(
  channel: ChannelKind,
  customer: AddressedCustomer,
  webhookUrl: string | null,
): string | null {
  if (channel === 'inapp') return customer.id;
  if (channel === 'webhook') return webhookUrl;
  const trait = TRAIT[channel];
  const value = trait === undefined ? undefined : customer.traits[trait];
  if (typeof value !== 'string' || value.trim() === '') return null;
  // So that a number is the same address however it was typed, above all where it is suppressed.
  return trait === 'phone' ? tidyPhone(value) : value.trim();
}
