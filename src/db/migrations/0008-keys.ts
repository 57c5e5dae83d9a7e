import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/**
 * API keys, of which only a hash is kept, and how far each import of a file has come. Neither
 * belongs to a customer.
 *
 * An index by which a customer's identifier of a kind is found whatever the tables hold: by the old
 * one a plan that was made while they were empty could go through all identifiers of the kind, and
 * would be kept until Postgres next counted the rows.
 */
const statements = [
  `create table api_keys (
    id text primary key,
    name text not null,
    role text not null,
    prefix text not null,
    hash text not null unique,
    replaces text references api_keys (id),
    created_at timestamptz not null,
    created_by text not null,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz
  )`,
  `create index api_keys_prefix on api_keys (prefix)`,
  `create table imports (
    id text primary key,
    kind text not null,
    file text not null,
    rows_total bigint not null,
    rows_done bigint not null,
    stored bigint not null,
    duplicates bigint not null,
    rejected bigint not null,
    rejects_bytes bigint not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz
  )`,
  `create index identifiers_of_customer on identifiers (customer_id, kind)`,
  `drop index if exists identifiers_customer`,
];

export const keys = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
