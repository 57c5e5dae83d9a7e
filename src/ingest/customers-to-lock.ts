import type { EventToApply } from '../events/event-to-apply';
import type { IdentityMap } from '../identity/resolve-identity';
import { reportsNothingNew } from './sequence-events';

/** What is known of the events' customers before their rows are locked. */
export interface KnownBefore extends Pick<IdentityMap, 'created' | 'profiles' | 'merges'> {
  /** Those of the event names that journeys were subscribed to when the names were locked. */
  readonly subscribed: ReadonlySet<string>;
}

export interface CustomersToLock {
  /** Customers whose row or enrollments the events may change, so that their order matters. */
  readonly affected: ReadonlySet<string>;
  /** Those of them that existed before, each with whether their traits are needed. */
  readonly toLock: ReadonlyMap<string, boolean>;
  /** Existing customers whose events are stored without a lock. */
  readonly unlocked: readonly string[];
}

/**
 * Decides which customers' rows to lock. An event that no enrollment can receive and that changes
 * nothing of its customer needs no lock: nothing depends on its sequence number.
 *
 * @param isRouted whether a journey declares or subscribes to events of a name
 */
export function customersToLock(
  items: readonly EventToApply[],
  known: KnownBefore,
  isRouted: (eventName: string) => boolean,
): CustomersToLock {
  const affected = new Set<string>();
  const changing = new Set<string>();
  const all = new Set<string>();
  for (const { event, traits, owner, scope } of items) {
    const { customerId } = event;
    if (customerId === null) continue;
    all.add(customerId);
    const setsTraits = Object.keys(traits).length > 0;
    if (setsTraits) changing.add(customerId);
    if (scope === 'none' || affected.has(customerId)) continue;
    const changesCustomer =
      !known.created.has(customerId) &&
      (setsTraits || !reportsNothingNew(event, known.profiles.get(customerId)));
    if (owner !== undefined || isRouted(event.name) || changesCustomer) affected.add(customerId);
  }
  for (const { from, into } of known.merges) {
    for (const id of [from, into]) {
      affected.add(id);
      changing.add(id);
    }
  }
  const existing = [...affected].filter((id) => !known.created.has(id));
  return {
    affected,
    toLock: new Map(existing.map((id) => [id, changing.has(id)])),
    unlocked: [...all].filter((id) => !affected.has(id) && !known.created.has(id)),
  };
}
