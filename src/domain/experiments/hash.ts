import { sha256 } from '@noble/hashes/sha2';

/** The version with which arms and holdouts are drawn; stored with each assignment. */
export const HASH_VERSION = 1;

const TWO_TO_THE_20 = 2 ** 20;
const TWO_TO_THE_52 = 2 ** 52;

/**
 * Maps a seed and a unit to a number in [0, 1), deterministically and uniformly over units.
 * Assignments depend on it for as long as an experiment runs, so a version never changes; a
 * different hash is a new version.
 *
 * Version 1: the first 52 bits, big-endian, of the SHA-256 of the UTF-8 text
 * `v1:LENGTH:SEED:UNIT`, divided by 2^52, where LENGTH is the number of bytes of SEED. The length
 * keeps ('a:b', 'c') and ('a', 'b:c') apart.
 *
 * @throws {RangeError} the version is unknown
 */
export function unitInterval(version: 1, seed: string, unit: string): number {
  if (version !== 1) {
    throw new RangeError(`Found the hash version ${String(version)}; expected 1.`);
  }
  const utf8 = new TextEncoder();
  const digest = sha256(utf8.encode(`v1:${utf8.encode(seed).length}:${seed}:${unit}`));
  const words = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const high32 = words.getUint32(0);
  const next20 = words.getUint32(4) >>> 12;
  return (high32 * TWO_TO_THE_20 + next20) / TWO_TO_THE_52;
}
