import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256-GCM under named keys; the first encrypts, all decrypt. */
export interface Keyring {
  readonly newest: string;
  /** @param about associated data: decryption needs the same */
  encrypt(plain: Uint8Array, about: string): { readonly key: string; readonly sealed: Buffer };
  /** @throws {Error} for an unknown key, which it names, or for modified bytes */
  decrypt(key: string, sealed: Uint8Array, about: string): Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Parses keys as given in the environment: `2026-11:BASE64,2026-05:BASE64`, each of 32 bytes, the
 * newest first.
 *
 * @throws {RangeError} for an invalid key; the message contains no key
 */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const part of text.split(',')) {
    const [, name = '', encoded = ''] = /^\s*([\w.-]{1,64}):([\w+/=-]+)\s*$/.exec(part) ?? [];
    const key = Buffer.from(encoded, 'base64');
    if (name === '' || key.length !== 32 || keys.has(name)) {
      throw new RangeError(
        "expected keys such as '2026-11:BASE64' with names of their own and 32 bytes each, the newest first, separated by commas; make one with 'openssl rand -base64 32'",
      );
    }
    keys.set(name, key);
  }
  const newest = keys.keys().next().value as string;
  return {
    newest,
    encrypt: (plain, about) => ({
      key: newest,
      sealed: seal(keys.get(newest) as Buffer, plain, about),
    }),
    decrypt(name, sealed, about) {
      const key = keys.get(name);
      if (key !== undefined) return open(key, sealed, about);
      throw new Error(
        `Found a payload under the key '${name}', which THROUGHLINE_PAYLOAD_KEYS does not name; add it behind the newest.`,
      );
    },
  };
}

/** @returns nonce, ciphertext and tag */
export function seal(key: Uint8Array, plain: Uint8Array, about: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws {Error} for bytes that were encrypted otherwise, or modified since */
export function open(key: Uint8Array, sealed: Uint8Array, about: string): Buffer {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) throw new Error('Found fewer bytes than a sealed text has.');
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]);
}
