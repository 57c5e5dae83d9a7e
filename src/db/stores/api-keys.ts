import type { KeyRole } from '../../domain/access/key-role';
import { RequestError } from '../../domain/errors';
import { newId } from '../new-id';
import { keyView, SHOWN_COLUMNS, type ApiKeyView } from '../read-models/operations/api-keys';
import { inTransaction, type Db, type Tx } from '../transaction';
import { hashOfKey, newKeyText, prefixOfKey } from './key-text';

export interface NewApiKey {
  readonly name: string;
  readonly role: KeyRole;
  /** Who created it, for reference. */
  readonly createdBy: string;
  /** When it expires; null for never. */
  readonly expiresAt: Date | null;
}

/** A new key with its secret, which cannot be read again. */
export interface MadeApiKey extends ApiKeyView {
  readonly key: string;
}

export function createApiKey(db: Db, given: NewApiKey, now: Date): Promise<MadeApiKey> {
  return insert(db, given, null, now);
}

/**
 * Creates a key with the name and role of an old one, which stays valid until the overlap ends. The
 * new key expires when the old one would have expired.
 *
 * @param given.overlapMs how long both are valid; 0 expires the old one immediately
 * @throws {RequestError} `not-found` for no such key, `conflict` for one that is revoked, expired or replaced
 */
export function rotateApiKey(
  db: Db,
  reference: string,
  given: { readonly overlapMs: number; readonly createdBy: string },
  now: Date,
): Promise<MadeApiKey> {
  return inTransaction(db, async (tx) => {
    const id = await knownKey(tx, reference);
    const old = await tx
      .selectFrom('api_keys')
      .select(['id', 'name', 'role', 'expires_at', 'revoked_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const ended = old.revoked_at ?? (old.expires_at !== null && old.expires_at <= now);
    if (ended !== false) {
      throw new RequestError(
        'conflict',
        'key-ended',
        `The key '${old.name}' is revoked or has expired, so there is nothing to overlap with; create a new one.`,
      );
    }
    const successor = await tx
      .selectFrom('api_keys')
      .select('id')
      .where('replaces', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (successor !== undefined) {
      throw new RequestError(
        'conflict',
        'key-replaced',
        `The key '${old.name}' was rotated before; rotate its successor ${successor.id}, or revoke that one first.`,
        { successor: successor.id },
      );
    }
    const { name, role, expires_at: expiresAt } = old;
    const { createdBy, overlapMs } = given;
    const made = await insert(tx, { name, role, createdBy, expiresAt }, id, now);
    const until = new Date(now.getTime() + overlapMs);
    await tx
      .updateTable('api_keys')
      .set({ expires_at: expiresAt !== null && expiresAt < until ? expiresAt : until })
      .where('id', '=', id)
      .execute();
    return made;
  });
}

/**
 * Revokes a key. Idempotent.
 *
 * @throws {RequestError} `not-found` for no such key
 */
export async function revokeApiKey(db: Db, reference: string, now: Date): Promise<ApiKeyView> {
  const id = await knownKey(db, reference);
  await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  const row = await db
    .selectFrom('api_keys')
    .select(SHOWN_COLUMNS)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return keyView(row, now);
}

/** Notes when a key was last used, unless that is noted already within `coarseMs`. */
export async function noteKeyUse(db: Db, id: string, now: Date, coarseMs: number): Promise<void> {
  await db
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((where) =>
      where.or([
        where('last_used_at', 'is', null),
        where('last_used_at', '<', new Date(now.getTime() - coarseMs)),
      ]),
    )
    .execute();
}

async function insert(
  db: Db | Tx,
  given: NewApiKey,
  replaces: string | null,
  now: Date,
): Promise<MadeApiKey> {
  const key = newKeyText(given.role);
  const row = await db
    .insertInto('api_keys')
    .values({
      id: newId(),
      name: given.name,
      role: given.role,
      prefix: prefixOfKey(key),
      hash: hashOfKey(key),
      replaces,
      created_at: now,
      created_by: given.createdBy,
      expires_at: given.expiresAt,
    })
    .returning(SHOWN_COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...keyView(row, now), key };
}

/** The id of the key that an id or a prefix names: of a key that leaked, its prefix is known. */
async function knownKey(db: Db | Tx, reference: string): Promise<string> {
  const rows = await db
    .selectFrom('api_keys')
    .select('id')
    .where((where) => where.or([where('id', '=', reference), where('prefix', '=', reference)]))
    .limit(2)
    .execute();
  const [first] = rows;
  if (first === undefined) {
    throw new RequestError(
      'not-found',
      'unknown-key',
      'Found no key of this id or prefix; take it from the list of keys.',
    );
  }
  if (rows.length > 1) {
    throw new RequestError(
      'conflict',
      'ambiguous-key',
      'Found several keys of this prefix; name one by its id.',
    );
  }
  return first.id;
}
