import { sql } from 'kysely';
import { prepared } from '../db/sql/prepared';
import { newId } from '../db/new-id';
import { tableRecordset } from '../db/sql/recordset';
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
import { NeedsExclusiveLock } from './lock-identifiers';

/** A stored identifier and its customer. */
export interface KnownIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  readonly customerId: string;
  /** Whether that customer has a user id. */
  readonly identified: boolean;
  readonly timeZone: string | null;
  readonly locale: string | null;
}

/** The customers of some calls. */
export interface IdentityMap {
  /** The customer of each call, in the order given; undefined if it names nobody. */
  readonly customers: readonly (string | undefined)[];
  /** Customers that were created for these calls. */
  readonly created: ReadonlySet<string>;
  /** Time zone and locale of the existing ones. */
  readonly profiles: ReadonlyMap<string, ZoneAndLocale>;
  /** Merges that the calls cause; whoever applies the events carries them out. */
  readonly merges: readonly CustomerMerge[];
}

/** A customer's time zone and locale, as their events reported them. */
export interface ZoneAndLocale {
  readonly timeZone: string | null;
  readonly locale: string | null;
}

const EPOCH = new Date(0);

/**
 * Resolves calls to customers by the rules of `IdentityBook`, creates new customers, and stores the
 * identifiers that the calls claim.
 *
 * @param stored those of the calls' identifiers that are stored
 * @param exclusive values of identifiers that this transaction has locked exclusively
 * @throws {SerializationConflict} if another transaction claimed one of the identifiers in the
 *   meantime; run the whole transaction again
 * @throws {NeedsExclusiveLock} if a customer is to be merged whose identifiers are not locked
 *   exclusively
 */
export async function resolveIdentities(
  tx: Tx,
  calls: readonly CallIdentity[],
  stored: readonly KnownIdentifier[],
  limits: IdentifierLimits,
  exclusive: ReadonlySet<string>,
  now: Date,
): Promise<IdentityMap> {
  const owners = new Map(stored.map((each) => [nameOfIdentifier(each), each.customerId]));
  const ownerOf = (identifier: Identifier) => owners.get(nameOfIdentifier(identifier));
  const candidates = await describe(tx, [...concernedCustomers(calls, ownerOf)]);

  const book = new IdentityBook(limits, newId, now);
  const profiles = new Map<string, ZoneAndLocale>();
  for (const { customerId, identified, timeZone, locale } of stored) {
    if (profiles.has(customerId)) continue;
    profiles.set(customerId, { timeZone, locale });
    const counts = identified ? { user_id: 1 } : {};
    book.describe(candidates.get(customerId) ?? { id: customerId, createdAt: EPOCH, counts });
  }
  for (const each of stored) book.own(each, each.customerId);

  const resolved = calls.map((call) => book.settle(call));
  const { merges } = book;
  await assertLockedExclusively(
    tx,
    merges.map(({ from }) => from),
    exclusive,
  );
  const created = new Set(book.created);
  await store(tx, created, book.claims, now);
  return {
    customers: resolved.map((id) => (id === undefined ? undefined : book.current(id))),
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
  const { rows } = await prepared<{
    id: string;
    created_at: Date;
    counts: Partial<Record<IdentifierKind, number>> | null;
  }>`select c.id, c.created_at, (
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

async function assertLockedExclusively(
  tx: Tx,
  customerIds: readonly string[],
  exclusive: ReadonlySet<string>,
): Promise<void> {
  if (customerIds.length === 0) return;
  const { rows } = await sql<{ value: string }>`
    select value from identifiers where customer_id = any(${customerIds}::text[])`.execute(tx);
  const values = rows.map(({ value }) => value);
  if (values.some((value) => !exclusive.has(value))) throw new NeedsExclusiveLock(values);
}

async function store(
  tx: Tx,
  created: ReadonlySet<string>,
  claims: readonly IdentifierClaim[],
  now: Date,
): Promise<void> {
  if (claims.length === 0 && created.size === 0) return;
  // In one order everywhere, so that two transactions cannot deadlock.
  const sorted = claims
    .toSorted((a, b) => (nameOfIdentifier(a) < nameOfIdentifier(b) ? -1 : 1))
    .map(({ kind, value, customerId, secondary }) => ({
      kind,
      value,
      customer_id: customerId,
      secondary,
    }));
  const values = tableRecordset('identifiers', sorted, {
    kind: 'text',
    value: 'text',
    customer_id: 'text',
    secondary: 'boolean',
  });
  const { rows: stored } = await sql`
    with created as (
      insert into customers (id, created_at, updated_at)
      select id, ${now}, ${now} from unnest(${[...created]}::text[]) as id)
    insert into identifiers (kind, value, customer_id, secondary, created_at)
    select kind, value, customer_id, secondary, ${now}
    from ${values} as r
    on conflict do nothing returning value`.execute(tx);
  if (stored.length < claims.length) {
    throw new SerializationConflict('Another transaction claimed one of these identifiers.');
  }
}
