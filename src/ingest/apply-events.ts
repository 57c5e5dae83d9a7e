import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { Entrance, type EnrollmentEnd, type EntryRequest } from './entrance';
import type { IngestDeps, MessageOwner } from './ingest-deps';
import type { IndexedTrigger } from './journey-index';
import { noteMessageEvents } from './note-message-events';
import { putInOutbox, type OutboxRow } from './outbox';
import { routeEvent, type RoutableEnrollment } from './route';
import { routableEnrollments } from './routable-enrollments';
import { toRoutedEvent } from './routed-event';
import { storeEvents } from './store-events';
import type { StoredEvent } from './stored-event';

export interface EventToApply {
  readonly event: StoredEvent;
  /** Traits that the event sets on its customer. */
  readonly traits: JsonObject;
  /** The enrollment whose message the event is about. */
  readonly owner: MessageOwner | undefined;
}

const NOBODY: ReadonlySet<string> = new Set();

type Deps = Pick<IngestDeps, 'index' | 'catalogue'>;

interface Customer {
  readonly id: string;
  traits: JsonObject;
  traitsChanged: boolean;
  timeZone: string | null;
  locale: string | null;
  seq: number;
}

type Placed = ReturnType<typeof place>;

/** An enrollment that existed before this transaction, as its events leave it. */
interface Left {
  readonly id: string;
  end?: EnrollmentEnd;
  goalEventId?: string;
}

/**
 * Gives each event its place in its customer's order, stores it, changes the traits, and routes it:
 * who leaves, who is told, who enters. Events of one request are taken in the order of the request.
 * However many events there are, the number of statements is the same.
 *
 * @param created customers that this transaction has made, and that nobody else can know
 */
export async function applyEvents(
  tx: Tx,
  deps: Deps,
  items: readonly EventToApply[],
  now: Date,
  created: ReadonlySet<string> = NOBODY,
): Promise<void> {
  const ids = [...new Set(items.map(({ event }) => event.customerId).filter((id) => id !== null))];
  const met = ids.filter((id) => !created.has(id));
  const customers = await lockCustomers(
    tx,
    ids.filter((id) => created.has(id)),
    met,
    items,
  );
  const enrollments = await routableEnrollments(tx, met, now);
  const ordered = items.map((item) => place(item, customers));
  const events = ordered.map(({ event }) => event);
  await storeEvents(
    tx,
    events,
    [...customers.values()].map(({ traitsChanged, traits, ...customer }) => {
      return { ...customer, traits: traitsChanged ? traits : undefined };
    }),
    now,
  );
  await noteMessageEvents(tx, events);
  await routeAll(tx, deps, ordered, enrollments, now);
}

async function routeAll(
  tx: Tx,
  deps: Deps,
  ordered: readonly Placed[],
  enrollments: Map<string, RoutableEnrollment[]>,
  now: Date,
): Promise<void> {
  const asked = ordered.map((item) => entriesOf(item, deps, now));
  const all = asked.flat();
  if (all.length === 0 && enrollments.size === 0) return;
  const entrance = await Entrance.open(tx, all);
  const left = new Map<string, Left>();
  const signals: OutboxRow[] = [];
  for (const [at, { event, owner, changedTraits }] of ordered.entries()) {
    const { customerId, seq } = event;
    if (customerId === null || seq === null) continue;
    const mine = enrollments.get(customerId) ?? [];
    const entries = asked[at] ?? [];
    if (mine.length === 0 && entries.length === 0) continue;
    enrollments.set(customerId, mine);
    const placed = { ...event, seq };
    const routed = toRoutedEvent(event, deps.catalogue.events);
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
  const starts = await entrance.store();
  await putInOutbox(tx, [...starts, ...signals]);
}

/** What each trigger that applies to an event asks for. */
function entriesOf({ event }: Placed, deps: Deps, now: Date): readonly EntryRequest[] {
  const { customerId, seq } = event;
  if (customerId === null || seq === null) return [];
  const entries: EntryRequest[] = [];
  for (const trigger of deps.index.triggersOn(event.name)) {
    const key = triggerKey(trigger, event);
    if (key === undefined) continue;
    const { journey, options } = trigger;
    const routed = toRoutedEvent(event, deps.catalogue.events);
    entries.push({ customerId, journey, options, key, event: routed, eventId: event.id, seq, now });
  }
  return entries;
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
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
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
    return typeof key === 'string' || typeof key === 'number' ? `${key}` : undefined;
  } catch {
    return undefined; // a trigger that stumbles over a missing property does not apply
  }
}

async function lockCustomers(
  tx: Tx,
  created: readonly string[],
  met: readonly string[],
  items: readonly EventToApply[],
): Promise<ReadonlyMap<string, Customer>> {
  const customers = new Map<string, Customer>();
  for (const id of created) {
    const unknown = { traits: {}, timeZone: null, locale: null, seq: 0 };
    customers.set(id, { id, traitsChanged: false, ...unknown });
  }
  if (met.length === 0) return customers;
  const changing = items
    .filter(({ traits }) => Object.keys(traits).length > 0)
    .map(({ event }) => event.customerId);
  const { rows } = await sql<{
    id: string;
    traits: JsonObject | null;
    time_zone: string | null;
    locale: string | null;
    event_seq: number;
  }>`
    select id, time_zone, locale, event_seq,
      case when id = any(${changing}::text[]) then traits end as traits
    from customers where id = any(${met}::text[]) order by id for update`.execute(tx);
  for (const row of rows) {
    customers.set(row.id, {
      id: row.id,
      traits: row.traits ?? {},
      traitsChanged: false,
      timeZone: row.time_zone,
      locale: row.locale,
      seq: row.event_seq,
    });
  }
  return customers;
}

function place(item: EventToApply, customers: ReadonlyMap<string, Customer>) {
  const customer =
    item.event.customerId === null ? undefined : customers.get(item.event.customerId);
  if (customer === undefined) return { ...item, changedTraits: [] as readonly string[] };
  const seq = ++customer.seq;
  const changedTraits = Object.keys(item.traits).filter(
    (name) => JSON.stringify(item.traits[name]) !== JSON.stringify(customer.traits[name]),
  );
  if (changedTraits.length > 0) {
    customer.traits = { ...customer.traits, ...item.traits };
    customer.traitsChanged = true;
  }
  customer.timeZone = zoneIn(item) ?? customer.timeZone;
  customer.locale = text(item.event.context['locale']) ?? customer.locale;
  return { ...item, event: { ...item.event, seq }, changedTraits };
}

function zoneIn({ traits, event }: EventToApply): string | undefined {
  const named = text(traits['timezone']) ?? text(event.context['timezone']);
  if (named === undefined) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: named }).resolvedOptions().timeZone;
  } catch {
    return undefined; // a zone that nobody knows is no zone
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 100 ? value : undefined;
}
