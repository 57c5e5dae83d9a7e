import type { AddressedCustomer } from './channel-definition';
import { channelDefinition, channelDefinitions, type ChannelKind } from './channel-kind';

export type { AddressedCustomer } from './channel-definition';

/**
 * Where a customer is reached on a channel, in the channel's normal form.
 *
 * @param configured the address of channels that have one for all customers
 * @returns null where there is none, or what is given is no address
 */
export function addressOf(
  channel: ChannelKind,
  customer: AddressedCustomer,
  configured: string | null,
): string | null {
  const address = channelDefinition(channel)?.address;
  if (address === undefined) return null;
  if ('from' in address) return address.from === 'customer' ? customer.id : configured;
  const value = customer.traits[address.trait];
  return typeof value === 'string' ? (address.normalize(value) ?? null) : null;
}

/** Every channel on which an address of this channel is an address, this one included. */
export function channelsSharingAddress(channel: string): readonly ChannelKind[] {
  const trait = traitOf(channel);
  return trait === undefined ? [channel as ChannelKind] : channelsOfTrait(trait);
}

/** The channels whose addresses a trait, or an identifier of that kind, holds. */
export function channelsOfTrait(trait: string): readonly ChannelKind[] {
  return channelDefinitions()
    .filter(({ kind }) => traitOf(kind) === trait)
    .map(({ kind }) => kind as ChannelKind);
}

/** The trait that holds the addresses of a channel; undefined where none does. */
export function traitOf(channel: string): string | undefined {
  const address = channelDefinition(channel)?.address;
  return address !== undefined && 'trait' in address ? address.trait : undefined;
}

/** An address in its channel's normal form; as it is where the channel has none or it is none. */
export function normalAddress(channel: string, address: string): string {
  const form = channelDefinition(channel)?.address;
  const normal = form !== undefined && 'trait' in form ? form.normalize(address) : undefined;
  return normal ?? address.trim();
}
