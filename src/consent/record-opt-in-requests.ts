import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import type { StoredEvent } from '../events/stored-event';

/**
 * Writes into the ledger what customers asked for and have yet to confirm (double opt-in). It is
 * pending until then, which takes no subscription away; see `nextConsent`.
 *
 * @param topics those of the catalogue; what is none of them can be neither confirmed nor sent
 */
export async function recordOptInRequests(
  tx: Tx,
  events: readonly StoredEvent[],
  topics: readonly string[],
  now: Date,
): Promise<void> {
  for (const event of events) {
    if (event.name !== 'Subscription Requested' || event.customerId === null) continue;
    const { topic, channel, wording } = event.properties;
    if (typeof topic !== 'string' || !topics.includes(topic)) continue;
    const on = typeof channel === 'string' ? channel : 'email';
    const words = typeof wording === 'string' ? wording.slice(0, 255) : null;
    // A statement from the future would outrank every opt-out until then.
    const at = event.occurredAt > now ? now : event.occurredAt;
    const proof = JSON.stringify({ event: event.messageId });
    await sql`
      with entry as (
        insert into consent_ledger
          (id, customer_id, channel, purpose, state, source, wording, proof, at, recorded_at)
        values (${newId()}, ${event.customerId}, ${on}, ${topic}, 'pending', 'request', ${words},
          ${proof}::jsonb, ${at}, ${now}))
      insert into consents as c (customer_id, channel, purpose, state, at)
      values (${event.customerId}, ${on}, ${topic}, 'pending', ${at})
      on conflict (customer_id, channel, purpose) do update
        set state = 'pending', at = excluded.at
        where c.state <> 'subscribed' and (c.at < excluded.at or
          (c.at = excluded.at and c.state not in ('none', 'unsubscribed')))`.execute(tx);
  }
}
