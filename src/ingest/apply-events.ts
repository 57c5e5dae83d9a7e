import { sql, type RawBuilder } from 'kysely';
import { SerializationConflict, type Tx } from '../db/transaction';
import { timeZoneNamed } from '../domain/identity/time-zone';
import type { JsonObject } from '../domain/json';
import { Entrance, type EnrollmentEnd, type EntryRequest } from './entrance';
import type { IngestDeps, MessageOwner } from './ingest-deps';
import type { IndexedTrigger } from './journey-index';
import { lockCustomers, type LockedCustomer } from './lock-customers';
import { noteMessageEvents } from './note-message-events';
import { putInOutbox, type OutboxRow } from './outbox';
import type { Reach } from './reach';
import type { IdentityMap, Profile } from './resolve-identity';
import { routeEvent, type RoutableEnrollment } from './route';
import { routableEnrollments } from './routable-enrollments';
import { toRoutedEvent } from './routed-event';
import { eventInsertion, saveCustomers } from './store-events';
import type { StoredEvent } from './stored-event';

export interface EventToApply {
  readonly event: StoredEvent;
  /** Traits that the event sets on its customer. */
  readonly traits: JsonObject;
  /** The enrollment whose message the event is about. */
  readonly owner: MessageOwner | undefined;
  readonly reach: Reach;
}

/** What history's places lie before those of all that was received; both stay exact numbers. */
const BEFORE_ALL = 2 ** 52;

const NO_TRAITS: JsonObject = {};

type Deps = Pick<IngestDeps, 'index' | 'catalogue'>;

/** A customer as the events of one transaction leave them. */
interface Customer {
  readonly id: string;
  traits: JsonObject;
  traitsChanged: boolean;
  timeZone: string | null;
  locale: string | null;
  changed: boolean;
}

type Placed = ReturnType<typeof place>;

/** An enrollment that existed before this transaction, as its events leave it. */
interface Left {
  readonly id: string;
  end?: EnrollmentEnd;
  goalEventId?: string;
}

/** What is known before the customers of some events are locked. */
export interface KnownBefore extends Pick<IdentityMap, 'created' | 'profiles'> {
  /** Names of events that journeys had asked for when the events' names were held. */
  readonly asked: ReadonlySet<string>;
}

/**
 * Gives each event its place in the order of events, stores it, changes the traits, and routes it:
 * who leaves, who is told, who enters. Events of one request are taken in the order of the request.
 * However many events there are, the number of statements is the same.
 *
 * An event that can mean nothing to any enrollment and changes nothing of its customer is light: it
 * is stored without a lock on the customer, since nothing depends on its place.
 *
 * @param known customers that this transaction has made, and what is known of the others
 * @param last whether nothing follows in the transaction
 * @throws {SerializationConflict} when a journey asked for one of the names meanwhile; run the whole
 *   transaction again
 */
export async function applyEvents(
  tx: Tx,
  deps: Deps,
  items: readonly EventToApply[],
  now: Date,
  known: KnownBefore,
  last: boolean,
): Promise<void> {
  const names = [...new Set(items.map(({ event }) => event.name))];
  const matters = (name: string) => deps.index.mentions(name) || known.asked.has(name);
  const weighty = new Set<string>();
  for (const { event, traits, owner, reach } of items) {
    const { customerId } = event;
    if (reach === 'nothing') continue;
    if (customerId === null || weighty.has(customerId)) continue;
    const light =
      owner === undefined &&
      !matters(event.name) &&
      (known.created.has(customerId) ||
        (Object.keys(traits).length === 0 && tellsNothing(event, known.profiles.get(customerId))));
    if (!light) weighty.add(customerId);
  }
  const met = [...weighty].filter((id) => !known.created.has(id));
  const changing = new Set(
    items
      .filter(({ traits }) => Object.keys(traits).length > 0)
      .map(({ event }) => event.customerId),
  );
  const locked = await lockCustomers(tx, new Map(met.map((id) => [id, changing.has(id)])), names);
  if (names.some((name) => locked.asked.has(name) && !matters(name))) {
    throw new SerializationConflict('A journey asked for events of one of these names meanwhile.');
  }
  const customers = customersOf(known.created, locked.customers);
  const enrollments = await routableEnrollments(tx, met, now);
  const ordered = items.map((item, at) => place(item, locked.firstPlace + at, customers));
  const events = ordered.map(({ event }) => event);
  const changed = [...customers.values()].filter((customer) => customer.changed);
  await saveCustomers(
    tx,
    changed.map(({ traitsChanged, traits, ...customer }) => {
      return { ...customer, traits: traitsChanged ? traits : undefined };
    }),
    now,
  );
  await noteMessageEvents(tx, events);
  const concerned = ordered.filter(
    // A customer who was taken out meanwhile is concerned with nothing any more.
    ({ event: { customerId }, reach }) =>
      reach !== 'nothing' &&
      customerId !== null &&
      weighty.has(customerId) &&
      customers.has(customerId),
  );
  await routeAll(tx, deps, concerned, enrollments, now, {
    storing: eventInsertion(events),
    last,
  });
}

/** Whether an event says of its customer nothing but what is known already. */
function tellsNothing(event: StoredEvent, profile: Profile | undefined): boolean {
  if (profile === undefined) return false;
  const { timeZone, locale } = profile;
  return (
    (zoneIn({ event, traits: NO_TRAITS }) ?? timeZone) === timeZone &&
    (text(event.context['locale']) ?? locale) === locale
  );
}

/** @param storing the statement that stores the events, which goes with what they lead to */
async function routeAll(
  tx: Tx,
  deps: Deps,
  ordered: readonly Placed[],
  enrollments: Map<string, RoutableEnrollment[]>,
  now: Date,
  { storing, last }: { readonly storing: RawBuilder<unknown>; readonly last: boolean },
): Promise<void> {
  const asked = ordered.map((item) => (item.reach === 'running' ? [] : entriesOf(item, deps, now)));
  const all = asked.flat();
  if (all.length === 0 && enrollments.size === 0) {
    await putInOutbox(tx, [], [storing], last);
    return;
  }
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
  await entrance.store([storing], signals, last);
}

/** What each trigger that applies to an event asks for. */
function entriesOf({ event }: Placed, deps: Deps, now: Date): readonly EntryRequest[] {
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

function customersOf(
  created: ReadonlySet<string>,
  locked: readonly LockedCustomer[],
): ReadonlyMap<string, Customer> {
  const customers = new Map<string, Customer>();
  for (const id of created) {
    const unknown = { traits: {}, timeZone: null, locale: null };
    customers.set(id, { id, ...unknown, traitsChanged: false, changed: false });
  }
  for (const { traits, ...customer } of locked) {
    customers.set(customer.id, {
      ...customer,
      traits: traits ?? {},
      traitsChanged: false,
      changed: false,
    });
  }
  return customers;
}

/** Puts an event at its place, and into its customer what it says of them. */
function place(item: EventToApply, seq: number, customers: ReadonlyMap<string, Customer>) {
  const { customerId } = item.event;
  const old = item.reach === 'nothing';
  const event = { ...item.event, seq: customerId === null ? null : old ? seq - BEFORE_ALL : seq };
  // What was, says nothing of how the customer is.
  const customer = customerId === null || old ? undefined : customers.get(customerId);
  if (customer === undefined) return { ...item, event, changedTraits: [] as readonly string[] };
  const changedTraits = Object.keys(item.traits).filter(
    (name) => JSON.stringify(item.traits[name]) !== JSON.stringify(customer.traits[name]),
  );
  if (changedTraits.length > 0) {
    customer.traits = { ...customer.traits, ...item.traits };
    customer.traitsChanged = true;
  }
  const timeZone = zoneIn(item) ?? customer.timeZone;
  const locale = text(item.event.context['locale']) ?? customer.locale;
  customer.changed ||=
    customer.traitsChanged || timeZone !== customer.timeZone || locale !== customer.locale;
  customer.timeZone = timeZone;
  customer.locale = locale;
  return { ...item, event, changedTraits };
}

function zoneIn({ traits, event }: Pick<EventToApply, 'traits' | 'event'>): string | undefined {
  const named = text(traits['timezone']) ?? text(event.context['timezone']);
  return named === undefined ? undefined : timeZoneNamed(named);
}

/** A key that an author's code cut out of a text may begin or end with half a character. */
function wellFormed(key: string): string {
  return key.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 100 ? value : undefined;
}
