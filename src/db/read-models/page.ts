import { sql, type RawBuilder } from 'kysely';

/** A part of a list, newest first, and where the next part begins; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A position in a list that is ordered by time and then by a unique key. */
export interface Cursor {
  readonly at: Date;
  readonly key: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly before: Cursor | undefined;
}

/** Encodes a cursor for the API; opaque to callers. */
function writeCursor({ at, key }: Cursor): string {
  return Buffer.from(JSON.stringify([at.getTime(), key])).toString('base64url');
}

/** @returns undefined for a text that `writeCursor` did not make */
export function readCursor(text: string): Cursor | undefined {
  try {
    const [at, key, ...rest] = JSON.parse(
      Buffer.from(text, 'base64url').toString('utf8'),
    ) as unknown[];
    if (rest.length > 0 || !Number.isSafeInteger(at) || typeof key !== 'string') return undefined;
    const moment = new Date(at as number);
    const year = moment.getUTCFullYear();
    // Accept only what `writeCursor` can produce: printable ASCII ids, times in a plausible range.
    if (!(year > 1900 && year < 3000) || !/^[\x20-\x7e]{0,300}$/.test(key)) return undefined;
    return { at: moment, key };
  } catch {
    return undefined;
  }
}

/** The condition that a row lies after the cursor in a list that is newest first. */
export function olderThan(
  at: RawBuilder<unknown>,
  key: RawBuilder<unknown>,
  before: Cursor | undefined,
): RawBuilder<boolean> {
  if (before === undefined) return sql<boolean>`true`;
  return sql<boolean>`(${at}, (${key}) collate "C") < (${before.at}, ${before.key}::text collate "C")`;
}

/** Makes a page of rows that were read with one more than its limit. */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => Cursor,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(cursorOf(last)) : null;
  return { items, next };
}
