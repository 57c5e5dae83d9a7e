import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../db/transaction';
import { ERASED_IDS } from '../domain/identity/erased';
import type { Keyring } from './payload-keys';

/** The data key of an enrollment, stored encrypted in Postgres; an erasure deletes it there. */
export interface DataKeys {
  /** The key to encrypt with, created where there is none; null where the enrollment does not exist. */
  forEncryption(enrollmentId: string): Promise<Buffer | null>;
  /** The key to decrypt with; null where it was deleted. */
  forDecryption(enrollmentId: string): Promise<Buffer | null>;
}

/** How long a key is cached, and so at most used after its deletion. */
const FORGET_MS = 10 * 60_000;
const MAX_KNOWN = 20_000;

interface Known {
  readonly key: Promise<Buffer | null>;
  readonly at: number;
}

/**
 * Every payload needs a key, so the latest are cached for ten minutes. While Postgres is unavailable, a
 * key that is not cached cannot be read: the task fails and Temporal retries it, so journeys wait.
 */
export function createDataKeys(db: Db, keyring: Keyring): DataKeys {
  const known = new Map<string, Known>();

  function remembered(
    id: string,
    load: () => Promise<Buffer | null>,
    alsoNone: boolean,
  ): Promise<Buffer | null> {
    const before = known.get(id);
    if (before !== undefined && performance.now() - before.at < FORGET_MS) return before.key;
    const key = load();
    known.delete(id);
    known.set(id, { key, at: performance.now() });
    const forget = () => {
      if (known.get(id)?.key === key) known.delete(id);
    };
    key.then((found) => (found === null && !alsoNone ? forget() : undefined), forget);
    for (const [oldest] of known) {
      if (known.size <= MAX_KNOWN) break;
      known.delete(oldest);
    }
    return key;
  }

  async function stored(enrollmentId: string): Promise<Buffer | null> {
    const row = await db
      .selectFrom('payload_keys')
      .select('wrapped')
      .where('enrollment_id', '=', enrollmentId)
      .executeTakeFirst();
    if (row === undefined) return null;
    const [name = '', sealed = ''] = row.wrapped.split(':');
    const key = keyring.decrypt(name, Buffer.from(sealed, 'base64'), enrollmentId);
    if (name !== keyring.newest) await rewrap(enrollmentId, row.wrapped, key);
    return key;
  }

  /** At its first use under a new master key, a key is re-encrypted: the old one can be removed. */
  async function rewrap(enrollmentId: string, before: string, key: Buffer): Promise<void> {
    await db
      .updateTable('payload_keys')
      .set({ wrapped: wrap(enrollmentId, key) })
      .where('enrollment_id', '=', enrollmentId)
      .where('wrapped', '=', before)
      .execute();
  }

  function wrap(enrollmentId: string, key: Buffer): string {
    const { key: name, sealed } = keyring.encrypt(key, enrollmentId);
    return `${name}:${sealed.toString('base64')}`;
  }

  async function made(enrollmentId: string): Promise<Buffer | null> {
    const wrapped = wrap(enrollmentId, randomBytes(32));
    // No new key is created for the enrollment of an erased customer.
    await sql`
      insert into payload_keys (enrollment_id, wrapped, created_at)
      select id, ${wrapped}, now() from enrollments
      where id = ${enrollmentId} and customer_id not like ${ERASED_IDS}
      on conflict do nothing`.execute(db);
    return stored(enrollmentId);
  }

  return {
    forEncryption: (id) => remembered(id, async () => (await stored(id)) ?? (await made(id)), true),
    forDecryption: (id) => remembered(id, () => stored(id), false),
  };
}
