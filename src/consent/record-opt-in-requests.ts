import { appendConsents, type ConsentStatement } from '../db/stores/consents';
import type { Tx } from '../db/transaction';
import type { ConsentRecord } from '../domain/consent/consent';
import type { StoredEvent } from '../events/stored-event';

/** The event by which a customer asks for a subscription that they have yet to confirm. */
export const OPT_IN_REQUEST = 'Subscription Requested';

/**
 * Records double opt-in requests: each is pending until it is confirmed. The caller holds the row
 * locks of the customers.
 *
 * @param topics of the catalogue; a request for another one can be neither confirmed nor used
 */
export async function recordOptInRequests(
  tx: Tx,
  events: readonly StoredEvent[],
  topics: readonly string[],
  now: Date,
): Promise<void> {
  for (const event of events) {
    if (event.name !== OPT_IN_REQUEST || event.customerId === null) continue;
    const { topic, channel, wording } = event.properties;
    if (typeof topic !== 'string' || !topics.includes(topic)) continue;
    const request: ConsentStatement = {
      channel: (typeof channel === 'string' ? channel : 'email') as ConsentRecord['channel'],
      purpose: topic,
      state: 'pending',
      source: 'request',
      wording: typeof wording === 'string' ? wording.slice(0, 255) : null,
      proof: { event: event.messageId },
      // A request dated in the future would outrank every opt-out until then.
      at: event.occurredAt > now ? now : event.occurredAt,
    };
    await appendConsents(tx, event.customerId, [request], now);
  }
}
