import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Keyed hashes of addresses that must stay suppressed after their customer was erased: who has the
 * table but not the key can neither read an address out of it nor try one.
 */
export interface AddressHasher {
  /** The hash under which an address is kept from now on. */
  hash(address: string): string;
  /** Every hash under which an address may be kept, also by earlier keys. */
  hashes(address: string): readonly string[];
  /** The keys' blocks, by which the function `keyed_hash` hashes in SQL, behind the prefix. */
  readonly blocks: { readonly inner: readonly Buffer[]; readonly outer: readonly Buffer[] };
  readonly prefix: string;
}

/** The key's own purpose, so that a signature of a link and a hash never share a key. */
const PURPOSE = 'throughline: addresses that stay suppressed';

/** Marks a hash among addresses; no address looks like it. */
const PREFIX = 'hmac:';

const BLOCK = 64;

/** @param secrets the newest first; the others are looked for, and nothing new is kept by them */
export function createAddressHasher(secrets: readonly string[]): AddressHasher {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, 32)));
  const [newest] = keys;
  if (newest === undefined) {
    throw new Error('Found no secret for the hashes of addresses; expected at least one.');
  }
  return {
    hash: (address) => hashOf(newest, address),
    hashes: (address) => keys.map((key) => hashOf(key, address)),
    blocks: {
      inner: keys.map((key) => padded(key, 0x36)),
      outer: keys.map((key) => padded(key, 0x5c)),
    },
    prefix: PREFIX,
  };
}

function hashOf(key: Buffer, address: string): string {
  return PREFIX + createHmac('sha256', key).update(address.trim().toLowerCase()).digest('hex');
}

/** A key's block of RFC 2104. */
function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK, pad);
  for (const [at, byte] of key.entries()) block[at] = (block[at] ?? 0) ^ byte;
  return block;
}
