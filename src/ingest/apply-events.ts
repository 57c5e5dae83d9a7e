import type { RawBuilder } from 'kysely';
import { SerializationConflict, type Tx } from '../db/transaction';
import { applyMerges } from '../identity/apply-merges';
import type { IngestDeps } from './ingest-deps';
import { lockCustomers } from '../identity/lock-customers';
import { applyDeliveryReports } from './apply-delivery-reports';
import { recordOptInRequests } from '../consent/record-opt-in-requests';
import { SYSTEM_PREFIX } from '../events/system-message-id';
import {
  customersOf,
  sequenceEvent,
  changesNothing,
  type ChangingCustomer,
  type EventToApply,
  type SequencedEvent,
} from './sequence-events';
import { changeInsertion, widest, type CustomerChange } from '../profiles/customer-changes';
import type { IdentityMap } from '../identity/resolve-identity';
import { routableEnrollments } from '../enrollments/routable-enrollments';
import { routeEvents } from '../enrollments/route-events';
import { eventInsertion, saveCustomers } from '../events/store-events';
import { factInsertions } from './fact-insertions';

type Deps = Pick<IngestDeps, 'index' | 'catalogue' | 'changes' | 'softBounces'>;

/** What is known before the customers of some events are locked. */
export interface KnownBefore extends Pick<IdentityMap, 'created' | 'profiles' | 'merges'> {
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
 * @throws {SerializationConflict} when a journey asked for one of the names or a customer was merged
 *   meanwhile; run the whole transaction again
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
  const needsLock = new Set<string>();
  for (const { event, traits, owner, scope } of items) {
    const { customerId } = event;
    if (scope === 'none') continue;
    if (customerId === null || needsLock.has(customerId)) continue;
    const light =
      owner === undefined &&
      !matters(event.name) &&
      (known.created.has(customerId) ||
        (Object.keys(traits).length === 0 &&
          changesNothing(event, known.profiles.get(customerId))));
    if (!light) needsLock.add(customerId);
  }
  for (const { from, into } of known.merges) needsLock.add(from).add(into);
  const met = [...needsLock].filter((id) => !known.created.has(id));
  const changing = new Set([
    ...items
      .filter(({ traits }) => Object.keys(traits).length > 0)
      .map(({ event }) => event.customerId),
    ...known.merges.flatMap(({ from, into }) => [from, into]),
  ]);
  const unlocked = customersIn(items).filter((id) => !needsLock.has(id) && !known.created.has(id));
  const locked = await lockCustomers(
    tx,
    new Map(met.map((id) => [id, changing.has(id)])),
    unlocked,
    names,
  );
  if (locked.outdated) {
    throw new SerializationConflict(
      'One of these customers was merged into another one meanwhile.',
    );
  }
  if (names.some((name) => locked.asked.has(name) && !matters(name))) {
    throw new SerializationConflict('A journey asked for events of one of these names meanwhile.');
  }
  const customers = customersOf(known.created, locked.customers);
  const told = await applyMerges(tx, known.merges, items, customers, locked.firstSequence, now);
  const enrollments = await routableEnrollments(
    tx,
    met.filter((id) => customers.has(id)),
    now,
  );
  // What a merge tells the enrollments stands before the events that showed it.
  const ordered = items.map((item, at) =>
    sequenceEvent(item, locked.firstSequence + 1 + at, customers),
  );
  const events = ordered.map(({ event }) => event);
  const changed = [...customers.values()].filter((customer) => customer.changed);
  await saveCustomers(
    tx,
    changed.map(({ traitsChanged, traits, ...customer }) => {
      return { ...customer, traits: traitsChanged ? traits : undefined };
    }),
    now,
  );
  await applyDeliveryReports(tx, events, deps.softBounces);
  const news = ordered.filter(({ scope }) => scope !== 'none').map(({ event }) => event);
  await recordOptInRequests(tx, news, deps.catalogue.topics, now);
  const concerned = ordered.filter(
    // A customer who was taken out meanwhile is concerned with nothing any more.
    ({ event: { customerId }, scope }) =>
      scope !== 'none' &&
      customerId !== null &&
      needsLock.has(customerId) &&
      customers.has(customerId),
  );
  await routeEvents(tx, deps, concerned, enrollments, now, {
    storing: [
      eventInsertion(events),
      ...factInsertions(events),
      ...changesOf(deps, ordered, customers, known, now),
    ],
    told,
    last,
  });
}

function customersIn(items: readonly EventToApply[]): readonly string[] {
  const ids = items.map(({ event }) => event.customerId).filter((id) => id !== null);
  return [...new Set(ids)];
}

/** A row for each customer whose profile or segments may change by these events; see profiles. */
function changesOf(
  deps: Deps,
  events: readonly SequencedEvent[],
  customers: ReadonlyMap<string, ChangingCustomer>,
  known: KnownBefore,
  now: Date,
): readonly RawBuilder<unknown>[] {
  const changes = new Map<string, CustomerChange>();
  for (const { event, scope } of events) {
    const { customerId, name, messageId } = event;
    if (customerId === null) continue;
    const before = changes.get(customerId);
    if (before?.urgent === true && before.scope === 'all') continue;
    const weight = deps.changes.priorityOf({
      name,
      own: messageId.startsWith(SYSTEM_PREFIX),
      changesCustomer: known.created.has(customerId) || customers.get(customerId)?.changed === true,
    });
    if (weight === undefined) continue;
    changes.set(customerId, {
      // History is much at a time, and nobody waits for what follows from it.
      urgent: (weight === 'urgent' && scope === 'all') || before?.urgent === true,
      scope: widest(scope, before?.scope ?? scope),
    });
  }
  return changes.size === 0 ? [] : [changeInsertion(changes, now)];
}
