import { currentCustomers } from '../db/current-customer';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import type { EventToApply } from '../events/event-to-apply';
import type { SystemEvent } from '../events/recorder';
import { systemMessageId } from '../events/system-message-id';
import type { ZoneAndLocale } from '../identity/resolve-identity';
import { applyEvents, type ApplyDeps } from './apply-events';
import { claimMessageIds } from './claim-message-ids';
import { subjectsOf } from './message-owners';

const NO_TRAITS: JsonObject = {};

/** System events are about existing customers: none is created or merged. */
const NO_NEW_CUSTOMERS = {
  created: new Set<string>(),
  profiles: new Map<string, ZoneAndLocale>(),
  merges: [],
};

/**
 * Stores system events with everything that they cause, in a transaction of the caller's.
 *
 * @returns how many of them were new
 */
export async function recordEvents(
  tx: Tx,
  deps: ApplyDeps,
  systemEvents: readonly SystemEvent[],
  receivedAt: Date,
): Promise<number> {
  const items = systemEvents.map((systemEvent) => {
    return { systemEvent, messageId: systemMessageId(systemEvent.messageId) };
  });
  const names = [...new Set(systemEvents.map(({ name }) => name))];
  const { claimed, subscribed } = await claimMessageIds(tx, items, receivedAt, [], names);
  if (claimed.length === 0) return 0;
  const subjects = await subjectsOf(
    tx,
    claimed.map(({ systemEvent }) => systemEvent),
  );
  const current = await currentCustomers(
    tx,
    claimed.map(({ systemEvent }) => systemEvent.customerId),
  );
  const events = claimed.map(({ systemEvent, messageId, eventId }, index): EventToApply => {
    const { customerId, type, name, properties, at } = systemEvent;
    const subject = subjects[index];
    return {
      event: {
        id: eventId,
        customerId: current.get(customerId) ?? customerId,
        seq: null,
        messageId,
        type,
        name,
        properties,
        context: { source: 'throughline' },
        aboutMessageId: subject?.messageId ?? null,
        occurredAt: at,
        receivedAt,
      },
      traits: systemEvent.traits ?? NO_TRAITS,
      owner: subject?.owner,
      scope: systemEvent.scope ?? 'all',
    };
  });
  await applyEvents(tx, deps, events, receivedAt, { ...NO_NEW_CUSTOMERS, subscribed });
  return claimed.length;
}
