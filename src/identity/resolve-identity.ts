import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { SerializationConflict, type Tx } from '../db/transaction';
import {
  nameOfIdentifier,
  type Identifier,
  type IdentifierKind,
  type IdentifierLimits,
} from '../domain/identity/identifier';
import {
  concernedCustomers,
  IdentityBook,
  type CustomerMerge,
  type IdentifierClaim,
  type KnownCustomer,
} from '../domain/identity/identity-book';
import type { CallIdentity } from '../domain/identity/identity-of-call';
import type { KnownIdentifier } from '../ingest/claim-message-ids';
import { NeedsExclusiveLock } from './lock-identifiers';

/** What the calls of one request say about who somebody is, and what the store knows of it. */
export interface IdentityMap {
  /** The customer of each call, in the order given; undefined where it names nobody. */
  readonly customers: readonly (string | undefined)[];
  /** Customers that this request meets for the first time. */
  readonly created: ReadonlySet<string>;
  /** What is known of the others. */
  readonly profiles: ReadonlyMap<string, ZoneAndLocale>;
  /** Customers who turned out to be others; whoever applies the events moves what they have. */
  readonly merges: readonly CustomerMerge[];
}

/** Where a customer is and what they speak, as far as their events have told. */
export interface ZoneAndLocale {
  readonly timeZone: string | null;
  readonly locale: string | null;
}

const LONG_AGO = new Date(0);

/**
 * Resolves calls to customers by the rule of `IdentityBook`, creates those that nobody has met, and
 * stores what identifiers they claim.
 *
 * @param stored what the store knows of the identifiers that the calls name
 * @param alone values of identifiers that this transaction holds alone
 * @throws {SerializationConflict} when another transaction claimed one of the identifiers meanwhile;
 *   run the whole transaction again
 * @throws {NeedsExclusiveLock} when customers are to be merged whose identifiers are not held alone
 */
export async function resolveIdentities(
  tx: Tx,
  calls: readonly CallIdentity[],
  stored: readonly KnownIdentifier[],
  limits: IdentifierLimits,
  alone: ReadonlySet<string>,
  now: Date,
): Promise<IdentityMap> {
  const owners = new Map(stored.map((each) => [nameOfIdentifier(each), each.customerId]));
  const ownerOf = (identifier: Identifier) => owners.get(nameOfIdentifier(identifier));
  const concerned = await describe(tx, [...concernedCustomers(calls, ownerOf)]);

  const book = new IdentityBook(limits, newId, now);
  const profiles = new Map<string, ZoneAndLocale>();
  for (const { customerId, identified, timeZone, locale } of stored) {
    if (profiles.has(customerId)) continue;
    profiles.set(customerId, { timeZone, locale });
    const counts = identified ? { user_id: 1 } : {};
    book.describe(concerned.get(customerId) ?? { id: customerId, createdAt: LONG_AGO, counts });
  }
  for (const each of stored) book.own(each, each.customerId);

  const settled = calls.map((call) => book.settle(call));
  const { merges } = book;
  await assertHeldAlone(
    tx,
    merges.map(({ from }) => from),
    alone,
  );
  const created = new Set(book.created);
  await store(tx, created, book.claims, now);
  return {
    customers: settled.map((id) => (id === undefined ? undefined : book.current(id))),
    created,
    profiles,
    merges,
  };
}

async function describe(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownCustomer>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    created_at: Date;
    counts: Partial<Record<IdentifierKind, number>> | null;
  }>`
    /* prepared */ select c.id, c.created_at, (
      select jsonb_object_agg(kind, n) from (
        select kind, count(*) as n from identifiers where customer_id = c.id group by kind) k)
      as counts
    from unnest(${ids}::text[]) as w (id)
    cross join lateral (select id, created_at from customers where id = w.id offset 0) c`.execute(
    tx,
  );
  return new Map(
    rows.map(({ id, created_at: createdAt, counts }) => [
      id,
      { id, createdAt, counts: counts ?? {} },
    ]),
  );
}

async function assertHeldAlone(
  tx: Tx,
  customerIds: readonly string[],
  alone: ReadonlySet<string>,
): Promise<void> {
  if (customerIds.length === 0) return;
  const { rows } = await sql<{ value: string }>`
    select value from identifiers where customer_id = any(${customerIds}::text[])`.execute(tx);
  const values = rows.map(({ value }) => value);
  if (values.some((value) => !alone.has(value))) throw new NeedsExclusiveLock(values);
}

async function store(
  tx: Tx,
  created: ReadonlySet<string>,
  claims: readonly IdentifierClaim[],
  now: Date,
): Promise<void> {
  if (claims.length === 0 && created.size === 0) return;
  // In one order everywhere, so that two requests never wait for each other in a circle.
  const sorted = claims
    .toSorted((a, b) => (nameOfIdentifier(a) < nameOfIdentifier(b) ? -1 : 1))
    .map(({ kind, value, customerId, secondary }) => ({
      kind,
      value,
      customer_id: customerId,
      secondary,
    }));
  const { rows: stored } = await sql`
    with met as (
      insert into customers (id, created_at, updated_at)
      select id, ${now}, ${now} from unnest(${[...created]}::text[]) as id)
    insert into identifiers (kind, value, customer_id, secondary, created_at)
    select kind, value, customer_id, secondary, ${now}
    from json_to_recordset(${JSON.stringify(sorted)}::json) as r (
      kind text, value text, customer_id text, secondary boolean)
    on conflict do nothing returning value`.execute(tx);
  if (stored.length < claims.length) {
    throw new SerializationConflict('Another request claimed one of these identifiers meanwhile.');
  }
}
