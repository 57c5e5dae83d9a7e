import { CHANNELS, isChannelKind } from '../domain/channel-kind';
import type { LinkClaim } from './signed-link';

/** No JSON begins with this byte. */
const VERSION = 1;
const LENGTH = 38;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * The claim of a preference centre's link in 38 bytes, so that it fits into a text message: version,
 * channel, both ids, and the end of its time in seconds. It is for no purpose in particular.
 *
 * @returns undefined for a claim that needs more room
 */
export function packClaim(claim: LinkClaim): Buffer | undefined {
  const { act, channel, customerId, messageId, expiresAt } = claim;
  const seconds = Math.floor(expiresAt / 1000);
  if (act !== 'preferences' || !isChannelKind(channel)) return undefined;
  if (!UUID.test(customerId) || !UUID.test(messageId)) return undefined;
  if (seconds < 0 || seconds > 0xff_ff_ff_ff) return undefined;
  const packed = Buffer.alloc(LENGTH);
  packed[0] = VERSION;
  packed[1] = CHANNELS.indexOf(channel);
  packed.writeUInt32BE(seconds, 2);
  packed.write(customerId.replaceAll('-', ''), 6, 'hex');
  packed.write(messageId.replaceAll('-', ''), 22, 'hex');
  return packed;
}

/** @returns undefined for what `packClaim` has not made */
export function unpackClaim(packed: Buffer): LinkClaim | undefined {
  const channel = CHANNELS[packed[1] ?? -1];
  if (packed[0] !== VERSION || packed.length !== LENGTH || channel === undefined) return undefined;
  return {
    act: 'preferences',
    channel,
    purpose: '*',
    expiresAt: packed.readUInt32BE(2) * 1000,
    customerId: uuid(packed.subarray(6, 22)),
    messageId: uuid(packed.subarray(22)),
  };
}

function uuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
