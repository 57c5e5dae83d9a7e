import { sql } from 'kysely';
import { recordset } from '../db/sql/recordset';
import type { Tx } from '../db/transaction';
import type { SequencedEvent } from '../events/event-to-apply';
import type { StoredEvent } from '../events/stored-event';
import type { CatalogueShape } from '../journey/register';
import type { WriteBatch } from '../outbox/write-batch';
import { EnrollmentBatch } from './enrollment-batch';
import type { EnrollmentEnd } from './enrollment-insertions';
import type { EntryRequest } from './entry-request';
import type { IndexedTrigger, JourneyIndex } from './journey-index';
import { routeEvent, type RoutableEnrollment } from './route-event';
import { toRoutedEvent } from './routed-event';

export interface RoutingDeps {
  readonly index: JourneyIndex;
  readonly catalogue: CatalogueShape;
}

/** A change to an enrollment that existed before this transaction. */
interface EnrollmentChange {
  readonly id: string;
  end?: EnrollmentEnd;
  goalEventId?: string;
}

/**
 * Routes events one after the other: which enrollments they end, which they signal, and which
 * journeys they enter. Ends are written now, everything else is added to the unit of work.
 *
 * @param enrollments the routable enrollments of each customer; updated as events are routed
 */
export async function routeEvents(
  tx: Tx,
  deps: RoutingDeps,
  events: readonly SequencedEvent[],
  enrollments: Map<string, RoutableEnrollment[]>,
  { now, batch }: { readonly now: Date; readonly batch: WriteBatch },
): Promise<void> {
  const requested = events.map((item) =>
    item.scope === 'active' ? [] : entryRequests(item, deps, now),
  );
  const allRequests = requested.flat();
  if (allRequests.length === 0 && enrollments.size === 0) return;
  const entries = await EnrollmentBatch.open(tx, allRequests);
  const changes = new Map<string, EnrollmentChange>();
  for (const [index, item] of events.entries()) {
    const { customerId, seq } = item.event;
    if (customerId === null || seq === null) continue;
    const routable = enrollments.get(customerId) ?? [];
    const requests = requested[index] ?? [];
    if (routable.length === 0 && requests.length === 0) continue;
    enrollments.set(customerId, routable);
    const event = { ...item.event, seq, customerId };
    const routed = requests[0]?.event ?? toRoutedEvent(event, deps.catalogue.events);
    routeToEnrollments({ ...item, event }, routed, routable);
    for (const request of requests) {
      const { enrollment } = await entries.enter(request);
      if (enrollment === undefined) continue;
      const { journey, key } = request;
      routable.push({ ...enrollment, journey, key, active: true, goalReached: false });
    }
  }
  // Ends are written before entries: a customer may leave a journey and enter it again.
  await saveChanges(tx, [...changes.values()], now);
  await entries.addTo(batch);

  function routeToEnrollments(
    { event, owner, changedTraits }: RoutableEvent,
    routed: EntryRequest['event'] & object,
    routable: RoutableEnrollment[],
  ): void {
    const { customerId } = event;
    const ownedBy = owner?.enrollmentId ?? null;
    for (const [index, enrollment] of routable.entries()) {
      const routing = routeEvent(event, enrollment, deps.index, routed, ownedBy, changedTraits);
      if (routing === undefined) continue;
      const { id, journey, key } = enrollment;
      const { item, ends, reachesGoal } = routing;
      if (item !== undefined) {
        batch.signal({
          customerId,
          enrollmentId: id,
          workflowType: journey,
          payload: item,
          createdAt: now,
          availableAt: now,
        });
      }
      if (ends === undefined && !reachesGoal) continue;
      routable[index] = {
        ...enrollment,
        active: enrollment.active && ends === undefined,
        goalReached: enrollment.goalReached || reachesGoal,
      };
      const change: EnrollmentChange = changes.get(id) ?? { id };
      if (ends !== undefined) {
        const end = { ...ends, at: now };
        if (!entries.end({ id, customerId, journey, key }, end)) change.end = end;
      }
      if (reachesGoal && !entries.reachGoal(id, event.id)) change.goalEventId = event.id;
      if (change.end !== undefined || change.goalEventId !== undefined) changes.set(id, change);
    }
  }
}

interface RoutableEvent extends SequencedEvent {
  readonly event: StoredEvent & { readonly seq: number; readonly customerId: string };
}

/** The entry that each matching trigger requests. */
function entryRequests(
  { event }: SequencedEvent,
  deps: RoutingDeps,
  now: Date,
): readonly EntryRequest[] {
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

async function saveChanges(tx: Tx, changes: readonly EnrollmentChange[], now: Date): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ id, end, goalEventId }) => ({
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
    from ${recordset(rows, {
      id: 'text',
      status: 'text',
      end_reason: 'text',
      goal_event_id: 'text',
    })} as r
    where e.id = r.id`.execute(tx);
}

/** The key of the enrollment that an event may start; undefined if the trigger does not match. */
function triggerKey({ trigger }: IndexedTrigger, event: StoredEvent): string | undefined {
  try {
    if (trigger.where !== undefined && !trigger.where(event)) return undefined;
    if (trigger.key === undefined) return '';
    // Journey authors' code on data from outside: it may return a number despite its type.
    const key: unknown = trigger.key(event);
    if (typeof key === 'number') return `${key}`;
    return typeof key === 'string' ? wellFormed(key) : undefined;
  } catch {
    return undefined; // The trigger reads a property that is missing, so it does not match.
  }
}

/** A key that is a substring may begin or end with half of a surrogate pair. */
function wellFormed(key: string): string {
  return key.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
