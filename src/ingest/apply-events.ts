import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { enter } from './enter';
import type { IngestDeps, MessageOwner } from './ingest-deps';
import type { IndexedTrigger } from './journey-index';
import { noteMessageEvents } from './note-message-events';
import { putInOutbox, type OutboxRow } from './outbox';
import { routeEvent, type RoutableEnrollment } from './route';
import { toRoutedEvent } from './routed-event';
import type { StoredEvent } from './stored-event';

export interface EventToApply {
  readonly event: StoredEvent;
  /** Traits that the event sets on its customer. */
  readonly traits: JsonObject;
  /** The enrollment whose message the event is about. */
  readonly owner: MessageOwner | undefined;
}

type Deps = Pick<IngestDeps, 'index' | 'catalogue'>;

interface Customer {
  readonly id: string;
  traits: JsonObject;
  timeZone: string | null;
  locale: string | null;
  seq: number;
  changed: boolean;
}

/**
 * Gives each event its place in its customer's order, stores it, changes the traits, and routes it:
 * who leaves, who is told, who enters. Events of one request are taken in the order of the request.
 */
export async function applyEvents(
  tx: Tx,
  deps: Deps,
  items: readonly EventToApply[],
  now: Date,
): Promise<void> {
  const ids = [...new Set(items.map(({ event }) => event.customerId).filter((id) => id !== null))];
  const customers = await lockCustomers(tx, ids);
  const enrollments = await routableEnrollments(tx, ids, now);
  const ordered = items.map((item) => place(item, customers));
  await storeEvents(
    tx,
    ordered.map(({ event }) => event),
  );
  await saveCustomers(tx, customers, now);
  await noteMessageEvents(
    tx,
    ordered.map(({ event }) => event),
  );

  const outbox: OutboxRow[] = [];
  for (const { event, owner, changedTraits } of ordered) {
    const { customerId, seq } = event;
    if (customerId === null || seq === null) continue;
    const placed = { ...event, seq };
    const routed = toRoutedEvent(event, deps.catalogue.events);
    const mine = enrollments.get(customerId) ?? [];
    enrollments.set(customerId, mine);
    for (const [at, enrollment] of mine.entries()) {
      const routing = routeEvent(
        placed,
        enrollment,
        deps.index,
        routed,
        owner?.enrollmentId ?? null,
        changedTraits,
      );
      if (routing === undefined) continue;
      if (routing.item !== undefined) {
        outbox.push({
          customerId,
          enrollmentId: enrollment.id,
          workflowType: enrollment.journey,
          kind: 'signal',
          payload: routing.item,
          createdAt: now,
          availableAt: now,
        });
      }
      if (routing.ends === undefined && !routing.reachesGoal) continue;
      mine[at] = {
        ...enrollment,
        active: enrollment.active && routing.ends === undefined,
        goalReached: enrollment.goalReached || routing.reachesGoal,
      };
      await tx
        .updateTable('enrollments')
        .set({
          ...(routing.ends !== undefined && {
            status: routing.ends.status,
            end_reason: routing.ends.reason,
            ended_at: now,
          }),
          ...(routing.reachesGoal && { goal_reached_at: now, goal_event_id: event.id }),
        })
        .where('id', '=', enrollment.id)
        .execute();
    }
    for (const trigger of deps.index.triggersOn(event.name)) {
      const key = triggerKey(trigger, event);
      if (key === undefined) continue;
      const entry = await enter(tx, {
        customerId,
        journey: trigger.journey,
        options: trigger.options,
        key,
        event: routed,
        eventId: event.id,
        seq,
        now,
      });
      if (entry.enrollment === undefined) continue;
      const { id, listens, goalUntil } = entry.enrollment;
      mine.push({
        id,
        journey: trigger.journey,
        key,
        active: true,
        listens,
        goalUntil,
        goalReached: false,
      });
    }
  }
  await putInOutbox(tx, outbox);
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
  ids: readonly string[],
): Promise<ReadonlyMap<string, Customer>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('customers')
    .select(['id', 'traits', 'time_zone', 'locale', 'event_seq'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        traits: row.traits,
        timeZone: row.time_zone,
        locale: row.locale,
        seq: row.event_seq,
        changed: false,
      },
    ]),
  );
}

function place(item: EventToApply, customers: ReadonlyMap<string, Customer>) {
  const customer =
    item.event.customerId === null ? undefined : customers.get(item.event.customerId);
  if (customer === undefined) return { ...item, changedTraits: [] };
  const seq = ++customer.seq;
  const changedTraits = Object.keys(item.traits).filter(
    (name) => JSON.stringify(item.traits[name]) !== JSON.stringify(customer.traits[name]),
  );
  if (changedTraits.length > 0) customer.traits = { ...customer.traits, ...item.traits };
  customer.timeZone = zoneIn(item) ?? customer.timeZone;
  customer.locale = text(item.event.context['locale']) ?? customer.locale;
  customer.changed = true;
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

async function storeEvents(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
  const rows = events.map((event) => ({
    id: event.id,
    customer_id: event.customerId,
    seq: event.seq,
    message_id: event.messageId,
    type: event.type,
    name: event.name,
    properties: event.properties,
    context: event.context,
    about_message_id: event.aboutMessageId,
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
  }));
  await sql`
    insert into events
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
      id text, customer_id text, seq bigint, message_id text, type text, name text,
      properties jsonb, context jsonb, about_message_id text,
      occurred_at timestamptz, received_at timestamptz)`.execute(tx);
}

async function saveCustomers(
  tx: Tx,
  customers: ReadonlyMap<string, Customer>,
  now: Date,
): Promise<void> {
  const rows = [...customers.values()]
    .filter(({ changed }) => changed)
    .map((customer) => ({
      id: customer.id,
      traits: customer.traits,
      time_zone: customer.timeZone,
      locale: customer.locale,
      event_seq: customer.seq,
    }));
  if (rows.length === 0) return;
  await sql`
    update customers c
    set traits = r.traits, time_zone = r.time_zone, locale = r.locale,
        event_seq = r.event_seq, updated_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
      id text, traits jsonb, time_zone text, locale text, event_seq bigint)
    where c.id = r.id`.execute(tx);
}

async function routableEnrollments(
  tx: Tx,
  customerIds: readonly string[],
  now: Date,
): Promise<Map<string, RoutableEnrollment[]>> {
  const byCustomer = new Map<string, RoutableEnrollment[]>();
  if (customerIds.length === 0) return byCustomer;
  const rows = await tx
    .selectFrom('enrollments')
    .select(['id', 'customer_id', 'journey', 'key', 'status', 'listens'])
    .select(['goal_until', 'goal_reached_at'])
    .where('customer_id', 'in', [...customerIds])
    .where((where) =>
      where.or([
        where('status', '=', 'active'),
        where.and([where('goal_until', '>=', now), where('goal_reached_at', 'is', null)]),
      ]),
    )
    .orderBy('id')
    .execute();
  for (const row of rows) {
    const list = byCustomer.get(row.customer_id) ?? [];
    list.push({
      id: row.id,
      journey: row.journey,
      key: row.key,
      active: row.status === 'active',
      listens: row.listens,
      goalUntil: row.goal_until,
      goalReached: row.goal_reached_at !== null,
    });
    byCustomer.set(row.customer_id, list);
  }
  return byCustomer;
}
