import type { Selectable } from 'kysely';
import type { KeyRole } from '../../../domain/access/key-role';
import type { Database } from '../../schema';
import type { Db } from '../../transaction';

/** An API key without its secret. */
export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  /** The first characters of the key, to distinguish keys and to find a leaked one. */
  readonly prefix: string;
  /** `ending` is valid until `expiresAt`, because it was rotated or given an end. */
  readonly state: 'active' | 'ending' | 'expired' | 'revoked';
  /** The id of the key that it replaced. */
  readonly replaces: string | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** What the check of a request needs of a key. */
export interface KnownKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export const SHOWN_COLUMNS = [
  'id',
  'name',
  'role',
  'prefix',
  'replaces',
  'created_at',
  'created_by',
  'last_used_at',
  'expires_at',
  'revoked_at',
] as const satisfies readonly (keyof Database['api_keys'])[];

type ShownRow = Pick<Selectable<Database['api_keys']>, (typeof SHOWN_COLUMNS)[number]>;

const MAX_KEYS = 1_000;

/** All keys, the newest first, including expired and revoked ones. */
export async function allApiKeys(db: Db, now: Date): Promise<readonly ApiKeyView[]> {
  const rows = await db
    .selectFrom('api_keys')
    .select(SHOWN_COLUMNS)
    .orderBy('id', 'desc')
    .limit(MAX_KEYS)
    .execute();
  return rows.map((row) => keyView(row, now));
}

/** The key of this hash; undefined where there is none, or it is revoked. */
export async function keyOfHash(db: Db, hash: string): Promise<KnownKey | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'role', 'expires_at', 'last_used_at'])
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { expires_at: expiresAt, last_used_at: lastUsedAt, ...key } = row;
  return { ...key, expiresAt, lastUsedAt };
}

export function keyView(row: ShownRow, now: Date): ApiKeyView {
  const { expires_at: expiresAt, revoked_at: revokedAt } = row;
  const state =
    revokedAt !== null
      ? 'revoked'
      : expiresAt === null
        ? 'active'
        : expiresAt <= now
          ? 'expired'
          : 'ending';
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    prefix: row.prefix,
    state,
    replaces: row.replaces,
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at,
    expiresAt,
    revokedAt,
  };
}
