import { sql } from 'kysely';
import { newId } from '../db/new-id';
import { SerializationConflict, type Tx } from '../db/transaction';
import type { SegmentCall } from '../domain/events/segment-call';
import type { KnownIdentifier } from './claim-message-ids';

/** What the calls of one request say about who somebody is, and what the store knows of it. */
export interface IdentityMap {
  /** The customer of a call; undefined where it names nobody. */
  customerOf(call: SegmentCall): string | undefined;
  /** Customers that this request meets for the first time. */
  readonly created: ReadonlySet<string>;
  /** What is known of the others. */
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** Where a customer is and what they speak, as far as their events have told. */
export interface Profile {
  readonly timeZone: string | null;
  readonly locale: string | null;
}

type Kind = 'user_id' | 'anonymous_id';

/**
 * Resolves user ids and anonymous ids to customers, and creates those that nobody has met.
 *
 * A user id always leads to its customer. An anonymous id belongs to the first customer that claims
 * it: to the user id it comes with, or to a new anonymous customer, whom the first user id that
 * comes with it takes over. Merging two customers who are both known is left to a later step.
 *
 * @param stored what the store knows of the identifiers that the calls name
 * @throws {SerializationConflict} when another transaction claimed one of the identifiers meanwhile;
 *   run the whole transaction again
 */
export async function resolveIdentities(
  tx: Tx,
  calls: readonly SegmentCall[],
  stored: readonly KnownIdentifier[],
  now: Date,
): Promise<IdentityMap> {
  const known = new Map<string, string>();
  const identified = new Set<string>();
  const profiles = new Map<string, Profile>();
  for (const { kind, value, customerId, identified: hasUserId, timeZone, locale } of stored) {
    known.set(name(kind as Kind, value), customerId);
    profiles.set(customerId, { timeZone, locale });
    if (hasUserId) identified.add(customerId);
  }

  const created = new Set<string>();
  const claims: { kind: Kind; value: string; customerId: string }[] = [];
  const claim = (kind: Kind, value: string, customerId: string) => {
    if (known.has(name(kind, value))) return;
    known.set(name(kind, value), customerId);
    claims.push({ kind, value, customerId });
    if (kind === 'user_id') identified.add(customerId);
  };
  const create = () => {
    const id = newId();
    created.add(id);
    return id;
  };
  const customers = new Map<SegmentCall, string>();
  for (const call of calls) {
    const customer = settle(call, known, identified, claim, create);
    if (customer !== undefined) customers.set(call, customer);
  }
  await store(tx, created, claims, now);
  return { customerOf: (call) => customers.get(call), created, profiles };
}

function settle(
  call: SegmentCall,
  known: ReadonlyMap<string, string>,
  identified: ReadonlySet<string>,
  claim: (kind: Kind, value: string, customerId: string) => void,
  create: () => string,
): string | undefined {
  const { userId, anonymousId, previousId } = call;
  if (userId === undefined) {
    if (anonymousId === undefined) return undefined;
    const customer = known.get(name('anonymous_id', anonymousId)) ?? create();
    claim('anonymous_id', anonymousId, customer);
    return customer;
  }
  const unclaimed = [anonymousId, previousId]
    .filter((value) => value !== undefined)
    .map((value) => known.get(name('anonymous_id', value)))
    .find((customer) => customer !== undefined && !identified.has(customer));
  const previous = previousId === undefined ? undefined : known.get(name('user_id', previousId));
  const customer = known.get(name('user_id', userId)) ?? previous ?? unclaimed ?? create();
  claim('user_id', userId, customer);
  if (anonymousId !== undefined) claim('anonymous_id', anonymousId, customer);
  if (previousId !== undefined && previous === undefined) {
    claim('anonymous_id', previousId, customer);
  }
  return customer;
}

async function store(
  tx: Tx,
  created: ReadonlySet<string>,
  claims: readonly { kind: Kind; value: string; customerId: string }[],
  now: Date,
): Promise<void> {
  if (claims.length === 0) return;
  // In one order everywhere, so that two requests never wait for each other in a circle.
  const sorted = claims
    .toSorted((a, b) => (name(a.kind, a.value) < name(b.kind, b.value) ? -1 : 1))
    .map((each) => ({ kind: each.kind, value: each.value, customer_id: each.customerId }));
  const { rows: stored } = await sql`
    with met as (
      insert into customers (id, created_at, updated_at)
      select id, ${now}, ${now} from unnest(${[...created]}::text[]) as id)
    insert into identifiers (kind, value, customer_id, created_at)
    select kind, value, customer_id, ${now}
    from json_to_recordset(${JSON.stringify(sorted)}::json) as r (
      kind text, value text, customer_id text)
    on conflict do nothing returning value`.execute(tx);
  if (stored.length < claims.length) {
    throw new SerializationConflict('Another request claimed one of these identifiers meanwhile.');
  }
}

/** The values by which a call names somebody. */
export function identifiersIn(call: SegmentCall): readonly string[] {
  return [call.userId, call.anonymousId, call.previousId].filter((value) => value !== undefined);
}

function name(kind: Kind, value: string): string {
  return `${kind}:${value}`;
}
