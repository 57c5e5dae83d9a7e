import type { RawBuilder } from 'kysely';
import { SerializationConflict, type Tx } from '../db/transaction';
import { applyMerges } from './apply-merges';
import type { IngestDeps } from './ingest-deps';
import { lockCustomers } from './lock-customers';
import { noteMessageEvents } from './note-message-events';
import { noteRequests } from './note-requests';
import { OWN_PREFIX } from './own-message-id';
import {
  customersOf,
  placeEvent,
  tellsNothing,
  type ChangingCustomer,
  type EventToApply,
  type PlacedEvent,
} from './place-events';
import { changeInsertion, further, type CustomerChange } from './profiles/customer-changes';
import type { IdentityMap } from './resolve-identity';
import { routableEnrollments } from './routable-enrollments';
import { routeEvents } from './route-events';
import { eventInsertion, saveCustomers } from './store-events';

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
  for (const { from, into } of known.merges) weighty.add(from).add(into);
  const met = [...weighty].filter((id) => !known.created.has(id));
  const changing = new Set([
    ...items
      .filter(({ traits }) => Object.keys(traits).length > 0)
      .map(({ event }) => event.customerId),
    ...known.merges.flatMap(({ from, into }) => [from, into]),
  ]);
  const unlocked = customersIn(items).filter((id) => !weighty.has(id) && !known.created.has(id));
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
  const told = await applyMerges(tx, known.merges, items, customers, locked.firstPlace, now);
  const enrollments = await routableEnrollments(
    tx,
    met.filter((id) => customers.has(id)),
    now,
  );
  // What a merge tells the enrollments stands before the events that showed it.
  const ordered = items.map((item, at) => placeEvent(item, locked.firstPlace + 1 + at, customers));
  const events = ordered.map(({ event }) => event);
  const changed = [...customers.values()].filter((customer) => customer.changed);
  await saveCustomers(
    tx,
    changed.map(({ traitsChanged, traits, ...customer }) => {
      return { ...customer, traits: traitsChanged ? traits : undefined };
    }),
    now,
  );
  await noteMessageEvents(tx, events, deps.softBounces);
  const news = ordered.filter(({ reach }) => reach !== 'nothing').map(({ event }) => event);
  await noteRequests(tx, news, deps.catalogue.topics, now);
  const concerned = ordered.filter(
    // A customer who was taken out meanwhile is concerned with nothing any more.
    ({ event: { customerId }, reach }) =>
      reach !== 'nothing' &&
      customerId !== null &&
      weighty.has(customerId) &&
      customers.has(customerId),
  );
  await routeEvents(tx, deps, concerned, enrollments, now, {
    storing: [eventInsertion(events), ...changesOf(deps, ordered, customers, known, now)],
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
  events: readonly PlacedEvent[],
  customers: ReadonlyMap<string, ChangingCustomer>,
  known: KnownBefore,
  now: Date,
): readonly RawBuilder<unknown>[] {
  const changes = new Map<string, CustomerChange>();
  for (const { event, reach } of events) {
    const { customerId, name, messageId } = event;
    if (customerId === null) continue;
    const before = changes.get(customerId);
    if (before?.urgent === true && before.reach === 'everything') continue;
    const weight = deps.changes.weigh({
      name,
      own: messageId.startsWith(OWN_PREFIX),
      changesCustomer: known.created.has(customerId) || customers.get(customerId)?.changed === true,
    });
    if (weight === undefined) continue;
    changes.set(customerId, {
      // History is much at a time, and nobody waits for what follows from it.
      urgent: (weight === 'urgent' && reach === 'everything') || before?.urgent === true,
      reach: further(reach, before?.reach ?? reach),
    });
  }
  return changes.size === 0 ? [] : [changeInsertion(changes, now)];
}
