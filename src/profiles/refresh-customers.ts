import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { SystemEvent, Ingest } from '../ingest/accept';
import { computeProfiles, type Computed } from './compute-profiles';
import { leaveChanges } from './customer-changes';
import type { ProfileRules } from './profile-rules';

export interface RefreshDeps {
  readonly ingest: Ingest;
  readonly rules: ProfileRules;
}

interface Change {
  readonly customerId: string;
  readonly segment: string;
  readonly enters: boolean;
  readonly announced: boolean;
}

/** A moment that should lie ahead and does not is looked at again so much later, not at once. */
const SOON_MS = 1_000;

/**
 * Computes the profiles and segments of some customers anew and stores what differs. Who comes into
 * a segment or leaves it is told by an event, which is routed like any other in this transaction.
 *
 * The profiles are locked in the order of their ids, so that no two processes work on the same
 * customer; what was stored of their events before that lock is seen.
 *
 * @param reaches how far what is told of a customer reaches; `everything` where it is not said
 */
export async function refreshCustomers(
  deps: RefreshDeps,
  tx: Tx,
  customerIds: readonly string[],
  now: Date,
  scopes: ReadonlyMap<string, RoutingScope> = new Map(),
): Promise<void> {
  const ids = [...new Set(customerIds)].toSorted();
  if (ids.length === 0) return;
  await lockProfiles(tx, ids);
  const computed = await computeProfiles(tx, deps.rules, ids, now);
  const found = new Set(computed.map(({ customerId }) => customerId));
  const gone = ids.filter((id) => !found.has(id));
  if (gone.length > 0) await removeGone(tx, gone, now);
  const changes = await changesOf(deps, tx, computed);
  const told = changes
    .filter(({ announced }) => announced)
    .map((each) => ({
      ...happeningOf(each, now),
      scope: scopes.get(each.customerId) ?? 'all',
    }));
  if (told.length > 0) await deps.ingest.recordAll(tx, told);
  await save(tx, computed, changes, now);
}

async function lockProfiles(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`
    /* prepared */ insert into profiles (customer_id) select id from unnest(${ids}::text[]) as id
    on conflict do nothing`.execute(tx);
  await sql`
    /* prepared */ select p.customer_id from unnest(${ids}::text[]) as i (id)
    cross join lateral (
      select customer_id from profiles where customer_id = i.id for update) p`.execute(tx);
}

/** Who comes into which segment, and who leaves. */
async function changesOf(
  deps: RefreshDeps,
  tx: Tx,
  computed: readonly Computed[],
): Promise<readonly Change[]> {
  const { rows } = await sql<{ customer_id: string; segments: string[] }>`
    /* prepared */ select i.id as customer_id, array(
      select segment from segment_members where customer_id = i.id) as segments
    from unnest(${computed.map(({ customerId }) => customerId)}::text[]) as i (id)`.execute(tx);
  const before = new Map(rows.map((row) => [row.customer_id, row.segments]));
  const differ = computed.some(({ customerId, segments }) => {
    const held = before.get(customerId) ?? [];
    return held.length !== segments.length || segments.some((name) => !held.includes(name));
  });
  if (!differ) return [];
  const isAnnounced = await announcements(deps, tx);
  return computed.flatMap((customer) => {
    const { customerId, segments } = customer;
    const held = before.get(customerId) ?? [];
    const entered = segments.filter((name) => !held.includes(name));
    const left = held.filter((name) => !segments.includes(name));
    return [
      ...left.map((segment) => ({ segment, enters: false })),
      ...entered.map((segment) => ({ segment, enters: true })),
    ].map((change) => ({
      ...change,
      customerId,
      announced: isAnnounced(customer, change.segment),
    }));
  });
}

/**
 * Whether it is news that a customer comes into a segment or leaves it. While a segment is filled
 * for the first time it is not: the customer may have been of that kind for long. It is for those
 * who have been looked at under this definition before, and for customers who are younger than it.
 */
async function announcements(
  { rules }: RefreshDeps,
  tx: Tx,
): Promise<(customer: Computed, segment: string) => boolean> {
  const states = await tx
    .selectFrom('segments')
    .select(['name', 'defined_at', 'filled_at'])
    .execute();
  const walk = await tx.selectFrom('segment_backfill').select('cursor').executeTakeFirst();
  const known = new Map(states.map((state) => [state.name, state]));
  return (customer, segment) => {
    const state = known.get(segment);
    if (state === undefined) return false; // taken out of the code: nobody left it
    if (state.filled_at !== null || rules.segments[segment]?.announceFirst === true) return true;
    return customer.customerId <= (walk?.cursor ?? '') || customer.createdAt > state.defined_at;
  };
}

function happeningOf({ customerId, segment, enters }: Change, now: Date): SystemEvent {
  return {
    messageId: `segment:${newId()}`,
    customerId,
    type: 'segment',
    name: enters ? 'Segment Entered' : 'Segment Left',
    properties: { segment },
    at: now,
  };
}

async function save(
  tx: Tx,
  computed: readonly Computed[],
  changes: readonly Change[],
  now: Date,
): Promise<void> {
  const profiles = computed.map(({ customerId, profile, reconsiderAt }) => ({
    customer_id: customerId,
    computed: profile.computed,
    lifecycle: profile.lifecycle,
    mood: profile.mood,
    context: profile.context,
    reconsider_at:
      reconsiderAt !== null && reconsiderAt <= now ? new Date(+now + SOON_MS) : reconsiderAt,
  }));
  const moves = changes.map(({ customerId, segment, enters }) => {
    return { customer_id: customerId, segment, enters };
  });
  await sql`
    with moves as materialized (
      select * from json_to_recordset(${JSON.stringify(moves)}::json) as m (
        customer_id text, segment text, enters boolean)),
    entered as (
      insert into segment_members (customer_id, segment, entered_at)
      select customer_id, segment, ${now} from moves where enters
      on conflict do nothing),
    gone as (
      delete from segment_members s using moves m
      where not m.enters and s.customer_id = m.customer_id and s.segment = m.segment)
    update profiles p set computed = r.computed, lifecycle = r.lifecycle, mood = r.mood,
      context = r.context, computed_at = ${now}, reconsider_at = r.reconsider_at
    from json_to_recordset(${JSON.stringify(profiles)}::json) as r (
      customer_id text, computed jsonb, lifecycle text, mood jsonb, context jsonb,
      reconsider_at timestamptz)
    where p.customer_id = r.customer_id`.execute(tx);
}

/**
 * Nothing is left of a customer who was erased. Of one who was merged into another, that one takes
 * over the segments, without news, and is looked at next.
 */
async function removeGone(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  const { rows } = await sql<{ survivor: string }>`
    with moved as (
      insert into segment_members (customer_id, segment, entered_at)
      select c.merged_into, m.segment, min(m.entered_at)
      from customers c join segment_members m on m.customer_id = c.id
      where c.id = any(${ids}::text[]) and c.merged_into is not null
      group by 1, 2
      on conflict do nothing)
    select distinct merged_into as survivor from customers
    where id = any(${ids}::text[]) and merged_into is not null`.execute(tx);
  for (const table of ['segment_members', 'predictions', 'profiles'] as const) {
    await tx
      .deleteFrom(table)
      .where('customer_id', 'in', [...ids])
      .execute();
  }
  await leaveChanges(
    tx,
    rows.map(({ survivor }) => survivor),
    now,
  );
}
