import { channelByWireId, channelDefinition } from '../domain/channels/channel-kind';
import type { LinkClaim } from './link-claim';

/** No JSON begins with this byte. */
const VERSION = 1;
const LENGTH = 38;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Packs the claim of a preference centre link into 38 bytes, so that the link fits into a text
 * message: version, the channel's wire id, expiry in seconds since 1970, customer and message. Such a
 * claim has no purpose.
 *
 * @returns undefined if the claim does not fit; it is then signed as JSON
 */
export function packClaim(claim: LinkClaim): Buffer | undefined {
  const { act, channel, customerId, messageId, expiresAt } = claim;
  const seconds = Math.floor(expiresAt / 1000);
  const wireId = channelDefinition(channel)?.wireId;
  if (act !== 'preferences' || wireId === undefined) return undefined;
  if (!UUID.test(customerId) || !UUID.test(messageId)) return undefined;
  if (seconds < 0 || seconds > 0xff_ff_ff_ff) return undefined;
  const packed = Buffer.alloc(LENGTH);
  packed[0] = VERSION;
  packed[1] = wireId;
  packed.writeUInt32BE(seconds, 2);
  packed.write(customerId.replaceAll('-', ''), 6, 'hex');
  packed.write(messageId.replaceAll('-', ''), 22, 'hex');
  return packed;
}

/** @returns undefined for input that `packClaim` did not create, or whose channel was removed */
export function unpackClaim(packed: Buffer): LinkClaim | undefined {
  if (packed[0] !== VERSION || packed.length !== LENGTH) return undefined;
  const channel = channelByWireId(packed[1] ?? -1);
  if (channel === undefined) return undefined;
  return {
    act: 'preferences',
    channel: channel.kind,
    purpose: '*',
    expiresAt: packed.readUInt32BE(2) * 1000,
    customerId: uuid(packed.subarray(6, 22)),
    messageId: uuid(packed.subarray(22)),
  };
}

function uuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
