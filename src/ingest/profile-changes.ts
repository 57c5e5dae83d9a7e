import type { SequencedEvent } from '../events/event-to-apply';
import { SYSTEM_PREFIX } from '../events/system-message-id';
import type { ChangingCustomer } from '../identity/changing-customer';
import type { ChangeIndex } from '../profiles/change-index';
import { widest, type CustomerChange } from '../profiles/customer-changes';

/** The customers whose profile or segments the events may change; see `profiles`. */
export function profileChanges(
  index: ChangeIndex,
  events: readonly SequencedEvent[],
  customers: ReadonlyMap<string, ChangingCustomer>,
  created: ReadonlySet<string>,
): ReadonlyMap<string, CustomerChange> {
  const changes = new Map<string, CustomerChange>();
  for (const { event, scope } of events) {
    const { customerId, name, messageId } = event;
    if (customerId === null) continue;
    const earlier = changes.get(customerId);
    if (earlier?.urgent === true && earlier.scope === 'all') continue;
    const priority = index.priorityOf({
      name,
      own: messageId.startsWith(SYSTEM_PREFIX),
      changesCustomer: created.has(customerId) || customers.get(customerId)?.changed === true,
    });
    if (priority === undefined) continue;
    changes.set(customerId, {
      // Historical events come in bulk, and their effects are not urgent.
      urgent: (priority === 'urgent' && scope === 'all') || earlier?.urgent === true,
      scope: widest(scope, earlier?.scope ?? scope),
    });
  }
  return changes;
}
