import { createHash, randomBytes } from 'node:crypto';
import type { KeyRole } from '../../domain/access/key-role';

/** What every key that is made here looks like, so that a scanner of code finds one that leaked. */
const KEY = /^tl_(?:ingest|read|operate|admin)_[A-Za-z0-9_-]{43}$/;

/** How much of a key's random part stands in lists, for people to tell keys apart. */
const SHOWN = 6;

/** 256 random bits behind a prefix that says whose key it is and what it may do. */
export function newKeyText(role: KeyRole): string {
  return `tl_${role}_${randomBytes(32).toString('base64url')}`;
}

/** The beginning of a key, which may be shown. */
export function prefixOfKey(key: string): string {
  return key.slice(0, key.indexOf('_', 3) + 1 + SHOWN);
}

export function looksLikeKey(text: string): boolean {
  return KEY.test(text);
}

/**
 * What is kept of a key. Plain SHA-256 is right here: a slow hash protects passwords, which can be
 * guessed; nobody guesses 256 random bits, and a key is checked with every request.
 */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
