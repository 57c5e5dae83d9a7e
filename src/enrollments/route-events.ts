import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '../db/transaction';
import { EnrollmentBatch, type EnrollmentEnd, type EntryRequest } from './enrollment-batch';
import type { IngestDeps } from '../ingest/ingest-deps';
import type { IndexedTrigger } from './journey-index';
import { putInOutbox, type OutboxRow } from '../outbox/outbox';
import type { SequencedEvent } from '../ingest/sequence-events';
import { routeEvent, type RoutableEnrollment } from './route-event';
import { toRoutedEvent } from './routed-event';
import type { StoredEvent } from '../events/stored-event';

type Deps = Pick<IngestDeps, 'index' | 'catalogue'>;

/** An enrollment that existed before this transaction, as its events leave it. */
interface Left {
  readonly id: string;
  end?: EnrollmentEnd;
  goalEventId?: string;
}

/**
 * Routes events one after the other: who leaves, who is told, who enters; and writes it, together
 * with the events.
 *
 * @param storing the statements that store the events, which go with what they lead to
 * @param told what merges tell the enrollments
 */
export async function routeEvents(
  tx: Tx,
  deps: Deps,
  ordered: readonly SequencedEvent[],
  enrollments: Map<string, RoutableEnrollment[]>,
  now: Date,
  {
    storing,
    told,
    last,
  }: {
    readonly storing: readonly RawBuilder<unknown>[];
    readonly told: readonly OutboxRow[];
    readonly last: boolean;
  },
): Promise<void> {
  const asked = ordered.map((item) => (item.scope === 'active' ? [] : entriesOf(item, deps, now)));
  const all = asked.flat();
  if (all.length === 0 && enrollments.size === 0) {
    await putInOutbox(tx, told, storing, last);
    return;
  }
  const entrance = await EnrollmentBatch.open(tx, all);
  const left = new Map<string, Left>();
  const signals: OutboxRow[] = [...told];
  for (const [at, { event, owner, changedTraits }] of ordered.entries()) {
    const { customerId, seq } = event;
    if (customerId === null || seq === null) continue;
    const mine = enrollments.get(customerId) ?? [];
    const entries = asked[at] ?? [];
    if (mine.length === 0 && entries.length === 0) continue;
    enrollments.set(customerId, mine);
    const placed = { ...event, seq };
    const routed = entries[0]?.event ?? toRoutedEvent(event, deps.catalogue.events);
    const ownedBy = owner?.enrollmentId ?? null;
    for (const [nth, enrollment] of mine.entries()) {
      const routing = routeEvent(placed, enrollment, deps.index, routed, ownedBy, changedTraits);
      if (routing === undefined) continue;
      const { id, journey, key } = enrollment;
      if (routing.item !== undefined) {
        signals.push({
          customerId,
          enrollmentId: id,
          workflowType: journey,
          kind: 'signal',
          payload: routing.item,
          createdAt: now,
          availableAt: now,
        });
      }
      const { ends, reachesGoal } = routing;
      if (ends === undefined && !reachesGoal) continue;
      mine[nth] = {
        ...enrollment,
        active: enrollment.active && ends === undefined,
        goalReached: enrollment.goalReached || reachesGoal,
      };
      const change: Left = left.get(id) ?? { id };
      if (ends !== undefined) {
        const end = { ...ends, at: now };
        if (!entrance.ended({ id, customerId, journey, key }, end)) change.end = end;
      }
      if (reachesGoal && !entrance.reachedGoal(id, event.id)) change.goalEventId = event.id;
      if (change.end !== undefined || change.goalEventId !== undefined) left.set(id, change);
    }
    for (const request of entries) {
      const { enrollment } = await entrance.enter(request);
      if (enrollment === undefined) continue;
      const { journey, key } = request;
      mine.push({ ...enrollment, journey, key, active: true, goalReached: false });
    }
  }
  // First who leaves, then who enters: somebody may do both, and is in a journey once at a time.
  await saveLeft(tx, [...left.values()], now);
  await entrance.store(storing, signals, last);
}

/** What each trigger that applies to an event asks for. */
function entriesOf({ event }: SequencedEvent, deps: Deps, now: Date): readonly EntryRequest[] {
  const { customerId, seq } = event;
  if (customerId === null || seq === null) return [];
  const keyed = deps.index
    .triggersOn(event.name)
    .map((trigger) => ({ ...trigger, key: triggerKey(trigger, event) }));
  if (keyed.every(({ key }) => key === undefined)) return [];
  const routed = toRoutedEvent(event, deps.catalogue.events);
  return keyed.flatMap(({ journey, options, key }) =>
    key === undefined
      ? []
      : [{ customerId, journey, options, key, event: routed, eventId: event.id, seq, now }],
  );
}

async function saveLeft(tx: Tx, left: readonly Left[], now: Date): Promise<void> {
  if (left.length === 0) return;
  const rows = left.map(({ id, end, goalEventId }) => ({
    id,
    status: end?.status,
    end_reason: end?.reason,
    goal_event_id: goalEventId,
  }));
  await sql`
    update enrollments e set
      status = coalesce(r.status, e.status),
      end_reason = coalesce(r.end_reason, e.end_reason),
      ended_at = case when r.status is null then e.ended_at else ${now} end,
      goal_event_id = coalesce(r.goal_event_id, e.goal_event_id),
      goal_reached_at = case when r.goal_event_id is null then e.goal_reached_at else ${now} end
    from json_to_recordset(${JSON.stringify(rows)}::json) as r (
      id text, status text, end_reason text, goal_event_id text)
    where e.id = r.id`.execute(tx);
}

/** The key under which an event lets its customer in; undefined where the trigger does not apply. */
function triggerKey({ trigger }: IndexedTrigger, event: StoredEvent): string | undefined {
  try {
    if (trigger.where !== undefined && !trigger.where(event)) return undefined;
    if (trigger.key === undefined) return '';
    // Authors' code, on data from outside: a number where the types promise a text is no surprise.
    const key: unknown = trigger.key(event);
    if (typeof key === 'number') return `${key}`;
    return typeof key === 'string' ? wellFormed(key) : undefined;
  } catch {
    return undefined; // a trigger that stumbles over a missing property does not apply
  }
}

/** A key that an author's code cut out of a text may begin or end with half a character. */
function wellFormed(key: string): string {
  return key.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
