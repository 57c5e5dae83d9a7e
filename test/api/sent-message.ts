import { newId } from '../../src/db/new-id';
import type { ApiWorld } from './api-world';

/** A message that was decided and sent, with the records that decisions leave. */
export async function sentMessage(
  { deps, time }: ApiWorld,
  message: {
    readonly customerId: string;
    readonly address: string;
    readonly channel?: 'email' | 'sms';
    readonly purpose?: string;
    readonly triggerEventId?: string | null;
  },
): Promise<string> {
  const { db } = deps;
  const { customerId, address, channel = 'email', purpose = 'offers' } = message;
  const [id, decisionId, enrollmentId] = [newId(), newId(), newId()];
  const now = time.now;
  const common = { customer_id: customerId, enrollment_id: enrollmentId, journey: 'onDemand' };
  await db
    .insertInto('enrollments')
    .values({
      id: enrollmentId,
      customer_id: customerId,
      journey: 'onDemand',
      key: newId(),
      status: 'completed',
      end_reason: 'finished',
      trigger_event_id: message.triggerEventId ?? null,
      subscriptions: [],
      holdout: false,
      priority: 3,
      entered_at: now,
      entered_seq: 1,
      starts_at: now,
    })
    .execute();
  await db
    .insertInto('decisions')
    .values({
      ...common,
      id: decisionId,
      step: 1,
      template: 'cart-reminder',
      purpose,
      priority: 'normal',
      outcome: 'send',
      reason: 'chosen',
      channel,
      candidates: JSON.stringify([{ channel, verdict: 'chosen', cost: 0 }]),
      basis: JSON.stringify({
        consents: [{ channel, purpose, state: 'subscribed', at: '2026-02-01T08:00:00Z' }],
        sentInAWeek: 1,
      }),
      variant: '{}',
      tags: [],
      cost: 0,
      value: null,
      probability: 1,
      deferrals: JSON.stringify([
        { at: '2026-03-01T22:00:00Z', until: '2026-03-02T08:00:00Z', reason: 'quiet-hours' },
      ]),
      next_at: null,
      first_at: now,
      decided_at: now,
    })
    .execute();
  await db
    .insertInto('messages')
    .values({
      ...common,
      id,
      decision_id: decisionId,
      step: 1,
      template: 'cart-reminder',
      variant: '{}',
      tags: [],
      purpose,
      channel,
      provider: 'smtp',
      address,
      content: JSON.stringify(
        channel === 'email'
          ? { channel, subject: 'Your cart is waiting', html: '<p>Hello</p>', text: 'Hello' }
          : { channel, text: 'Hello' },
      ),
      status: 'sent',
      provider_message_id: null,
      error: null,
      cost: 0,
      decided_at: now,
      sent_at: now,
    })
    .execute();
  return id;
}
