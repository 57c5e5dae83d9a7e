import { SerializationConflict, type Tx } from '../db/transaction';
import { OPT_IN_REQUEST, recordOptInRequests } from '../consent/record-opt-in-requests';
import type { SoftBounceRule } from '../domain/consent/bounces';
import { routableEnrollments } from '../enrollments/routable-enrollments';
import { routeEvents, type RoutingDeps } from '../enrollments/route-events';
import type { EventToApply, SequencedEvent } from '../events/event-to-apply';
import { eventInsertion } from '../events/store-events';
import { applyMerges } from '../identity/apply-merges';
import { customersBefore, saveChangedCustomers } from '../identity/changing-customer';
import { lockCustomers, type LockedCustomers } from '../identity/lock-customers';
import { WriteBatch } from '../outbox/write-batch';
import type { ChangeIndex } from '../profiles/change-index';
import { changeInsertion } from '../profiles/customer-changes';
import { applyDeliveryReports } from './apply-delivery-reports';
import { customersToLock, type CustomersToLock, type KnownBefore } from './customers-to-lock';
import { factInsertions } from './fact-insertions';
import { profileChanges } from './profile-changes';
import { sequenceEvent } from './sequence-events';

export interface ApplyDeps extends RoutingDeps {
  /** Which events profiles and segments depend on. */
  readonly changes: ChangeIndex;
  /** When soft bounces suppress an address; the default rule if undefined. */
  readonly softBounces?: SoftBounceRule | undefined;
}

/**
 * Applies events whose message ids were claimed, in their order: merges customers, updates their
 * rows, applies delivery reports and double opt-in requests, and routes the events to enrollments.
 * The events and most of their effects are written by one statement at the end. The number of
 * statements does not depend on the number of events.
 *
 * @param options.last whether nothing follows in the transaction; see `lastOf`
 * @throws {SerializationConflict} if a journey subscribed to one of the names or a customer was
 *   merged in the meantime; run the whole transaction again
 */
export async function applyEvents(
  tx: Tx,
  deps: ApplyDeps,
  items: readonly EventToApply[],
  now: Date,
  known: KnownBefore,
  options: { readonly last?: boolean } = {},
): Promise<void> {
  const batch = new WriteBatch(tx);
  // An opt-in request changes consents, which needs the lock even where no journey receives it.
  const isRouted = (name: string) =>
    name === OPT_IN_REQUEST || deps.index.mentions(name) || known.subscribed.has(name);
  const plan = customersToLock(items, known, isRouted);
  const locked = await lock(tx, plan, items, isRouted);
  const customers = customersBefore(known.created, locked.customers);

  // The signals of merges come before those of the events that caused the merges.
  const seq = locked.firstSequence;
  await applyMerges(tx, known.merges, items, customers, { seq, now, batch });
  const enrollments = await routableEnrollments(
    tx,
    [...plan.toLock.keys()].filter((id) => customers.has(id)),
    now,
  );
  const sequenced = items.map((item, index) => sequenceEvent(item, seq + 1 + index, customers));
  const events = sequenced.map(({ event }) => event);
  await saveChangedCustomers(tx, customers.values(), now);
  await applyDeliveryReports(tx, events, deps.softBounces);
  const current = sequenced.filter(({ scope }) => scope !== 'none');
  await recordOptInRequests(
    tx,
    current.map(({ event }) => event),
    deps.catalogue.topics,
    now,
  );

  batch.add(eventInsertion(events), ...factInsertions(events));
  const changes = profileChanges(deps.changes, sequenced, customers, known.created);
  if (changes.size > 0) batch.add(changeInsertion(changes, now));
  // A customer who was erased in the meantime is not among `customers`.
  const routed = current.filter(({ event: { customerId } }: SequencedEvent) => {
    return customerId !== null && plan.affected.has(customerId) && customers.has(customerId);
  });
  await routeEvents(tx, deps, routed, enrollments, { now, batch });
  await batch.flush(options);
}

/** Locks the customers and allocates sequence numbers, then checks what was read before the locks. */
async function lock(
  tx: Tx,
  { toLock, unlocked }: CustomersToLock,
  items: readonly EventToApply[],
  isRouted: (eventName: string) => boolean,
): Promise<LockedCustomers> {
  const names = [...new Set(items.map(({ event }) => event.name))];
  const locked = await lockCustomers(tx, toLock, unlocked, names);
  if (locked.outdated) {
    throw new SerializationConflict('One of these customers was merged into another one.');
  }
  if (names.some((name) => locked.subscribed.has(name) && !isRouted(name))) {
    throw new SerializationConflict('A journey subscribed to one of these events.');
  }
  return locked;
}
