import { sql } from 'kysely';
import { prepared } from '../db/sql/prepared';
import { recordset, tableRecordset } from '../db/sql/recordset';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { EventRecorder, SystemEvent } from '../events/recorder';
import { computeProfiles, type Computed } from './compute-profiles';
import { enqueueChanges } from './customer-changes';
import type { ProfileRules } from './profile-rules';

export interface RefreshDeps {
  readonly ingest: EventRecorder;
  readonly rules: ProfileRules;
}

interface MembershipChange {
  readonly customerId: string;
  readonly segment: string;
  readonly enters: boolean;
  readonly announced: boolean;
}

/** Delays a deadline that has already passed, to avoid a busy loop. */
const MIN_DELAY_MS = 1_000;

/**
 * Recomputes the profiles and segments of customers and stores the differences. Entering or leaving
 * a segment is recorded as an event, which is routed like any other in this transaction.
 *
 * Profiles are locked in order of id, so that no two processes work on the same customer; events
 * committed before the lock are seen.
 *
 * @param scopes how far a customer's segment events are routed; `all` by default
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
  const obsolete = ids.filter((id) => !found.has(id));
  if (obsolete.length > 0) await removeObsolete(tx, obsolete, now);
  const changes = await findMembershipChanges(deps, tx, computed);
  const announcements = changes
    .filter(({ announced }) => announced)
    .map((each) => ({
      ...toSystemEvent(each, now),
      scope: scopes.get(each.customerId) ?? 'all',
    }));
  if (announcements.length > 0) await deps.ingest.recordAll(tx, announcements);
  await save(tx, computed, changes, now);
}

async function lockProfiles(tx: Tx, ids: readonly string[]): Promise<void> {
  await prepared`insert into profiles (customer_id) select id from unnest(${ids}::text[]) as id
    on conflict do nothing`.execute(tx);
  await prepared`select p.customer_id from unnest(${ids}::text[]) as i (id)
    cross join lateral (
      select customer_id from profiles where customer_id = i.id for update) p`.execute(tx);
}

/** Compares the computed memberships with the stored ones. */
async function findMembershipChanges(
  deps: RefreshDeps,
  tx: Tx,
  computed: readonly Computed[],
): Promise<readonly MembershipChange[]> {
  const { rows } = await prepared<{
    customer_id: string;
    segments: string[];
  }>`select i.id as customer_id, array(
      select segment from segment_members where customer_id = i.id) as segments
    from unnest(${computed.map(({ customerId }) => customerId)}::text[]) as i (id)`.execute(tx);
  const stored = new Map(rows.map((row) => [row.customer_id, row.segments]));
  const differ = computed.some(({ customerId, segments }) => {
    const current = stored.get(customerId) ?? [];
    return current.length !== segments.length || segments.some((name) => !current.includes(name));
  });
  if (!differ) return [];
  const isAnnounced = await announcementRule(deps, tx);
  return computed.flatMap((customer) => {
    const { customerId, segments } = customer;
    const current = stored.get(customerId) ?? [];
    const entered = segments.filter((name) => !current.includes(name));
    const left = current.filter((name) => !segments.includes(name));
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
 * Whether a membership change is recorded as an event. The first backfill of a segment is silent,
 * since its condition may have held for long. Changes are announced for customers whom the backfill
 * has passed already, and for customers created after the definition.
 */
async function announcementRule(
  { rules }: RefreshDeps,
  tx: Tx,
): Promise<(customer: Computed, segment: string) => boolean> {
  const states = await tx
    .selectFrom('segments')
    .select(['name', 'defined_at', 'filled_at'])
    .execute();
  const backfill = await tx.selectFrom('segment_backfill').select('cursor').executeTakeFirst();
  const known = new Map(states.map((state) => [state.name, state]));
  return (customer, segment) => {
    const state = known.get(segment);
    if (state === undefined) return false; // the segment was removed from the code, so no customer left it
    if (state.filled_at !== null || rules.segments[segment]?.announceFirst === true) return true;
    return customer.customerId <= (backfill?.cursor ?? '') || customer.createdAt > state.defined_at;
  };
}

function toSystemEvent({ customerId, segment, enters }: MembershipChange, now: Date): SystemEvent {
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
  changes: readonly MembershipChange[],
  now: Date,
): Promise<void> {
  const profiles = computed.map(({ customerId, profile, recomputeAt }) => ({
    customer_id: customerId,
    computed: profile.computed,
    lifecycle: profile.lifecycle,
    mood: profile.mood,
    context: profile.context,
    recompute_at:
      recomputeAt !== null && recomputeAt <= now ? new Date(+now + MIN_DELAY_MS) : recomputeAt,
  }));
  const moves = changes.map(({ customerId, segment, enters }) => {
    return { customer_id: customerId, segment, enters };
  });
  await sql`
    with moves as materialized (
      select * from ${recordset(moves, {
        customer_id: 'text',
        segment: 'text',
        enters: 'boolean',
      })} as m),
    entered as (
      insert into segment_members (customer_id, segment, entered_at)
      select customer_id, segment, ${now} from moves where enters
      on conflict do nothing),
    removed as (
      delete from segment_members s using moves m
      where not m.enters and s.customer_id = m.customer_id and s.segment = m.segment)
    update profiles p set computed = r.computed, lifecycle = r.lifecycle, mood = r.mood,
      context = r.context, computed_at = ${now}, recompute_at = r.recompute_at
    from ${tableRecordset('profiles', profiles, {
      customer_id: 'text',
      computed: 'jsonb',
      lifecycle: 'text',
      mood: 'jsonb',
      context: 'jsonb',
      recompute_at: 'timestamptz',
    })} as r
    where p.customer_id = r.customer_id`.execute(tx);
}

/**
 * Deletes the profiles of customers who were erased or merged. The survivor of a merge inherits the
 * memberships without an announcement and is queued for recomputation.
 */
async function removeObsolete(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
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
  await enqueueChanges(
    tx,
    rows.map(({ survivor }) => survivor),
    now,
  );
}
