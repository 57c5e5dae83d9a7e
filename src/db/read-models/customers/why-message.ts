import { isTransactional } from '../../../domain/purpose';
import type { Db } from '../../transaction';

/** What a decision's own record says of why a message was sent. */
export interface WhyMessage {
  readonly subject: string | undefined;
  readonly channel: string;
  readonly purpose: string;
  readonly sentAt: Date | null;
  /** The consent that it was based on, and where that was given. */
  readonly consent: { readonly at: Date; readonly source: string } | null;
  /** The event that let the customer into the journey. */
  readonly cause: { readonly name: string; readonly at: Date } | null;
  /** The end of the last wait before it was sent. */
  readonly waitedUntil: Date | null;
  /** Other marketing messages in the seven days before. */
  readonly sentInAWeek: number | null;
}

/** @returns undefined where there is no such message of this customer, or no longer */
export async function whyMessage(
  db: Db,
  customerId: string,
  messageId: string,
): Promise<WhyMessage | undefined> {
  const row = await db
    .selectFrom('messages as m')
    .innerJoin('decisions as d', 'd.id', 'm.decision_id')
    .leftJoin('enrollments as e', 'e.id', 'm.enrollment_id')
    .select(['m.channel', 'm.purpose', 'm.content', 'm.sent_at', 'm.decided_at'])
    .select(['d.basis', 'd.deferrals', 'e.trigger_event_id'])
    .where('m.id', '=', messageId)
    .where('m.customer_id', '=', customerId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { channel, purpose, content, basis } = row;
  const [cause, entry] = await Promise.all([
    causeOf(db, row.trigger_event_id),
    isTransactional(purpose)
      ? undefined
      : subscriptionBefore(db, { customerId, channel, purpose, at: row.decided_at }),
  ]);
  const since = subscribedSince(basis['consents'], channel);
  const sent = basis['sentInAWeek'];
  const waits = row.deferrals as readonly { readonly until: string }[];
  const lastWait = waits.at(-1);
  return {
    subject:
      'subject' in content ? content.subject : 'title' in content ? content.title : undefined,
    channel,
    purpose,
    sentAt: row.sent_at,
    consent:
      isTransactional(purpose) || since === undefined
        ? null
        : { at: since, source: entry?.source ?? '' },
    cause,
    waitedUntil: lastWait === undefined ? null : new Date(lastWait.until),
    sentInAWeek: typeof sent === 'number' && !isTransactional(purpose) ? sent : null,
  };
}

/** The latest subscription among the consents that the decision wrote down. */
function subscribedSince(consents: unknown, channel: string): Date | undefined {
  if (!Array.isArray(consents)) return undefined;
  const times = (consents as readonly Record<string, unknown>[])
    .filter((each) => each['channel'] === channel || each['channel'] === '*')
    .filter((each) => each['state'] === 'subscribed')
    .map((each) => Date.parse(String(each['at'])));
  return times.length === 0 ? undefined : new Date(Math.max(...times));
}

function subscriptionBefore(
  db: Db,
  given: {
    readonly customerId: string;
    readonly channel: string;
    readonly purpose: string;
    readonly at: Date;
  },
) {
  return db
    .selectFrom('consent_ledger')
    .select('source')
    .where('customer_id', '=', given.customerId)
    .where('channel', 'in', [given.channel, '*'])
    .where('purpose', 'in', [given.purpose, '*'])
    .where('state', '=', 'subscribed')
    .where('at', '<=', given.at)
    .orderBy('at', 'desc')
    .executeTakeFirst();
}

async function causeOf(db: Db, eventId: string | null): Promise<WhyMessage['cause']> {
  if (eventId === null) return null;
  const event = await db
    .selectFrom('events')
    .select(['name', 'occurred_at'])
    .where('id', '=', eventId)
    .executeTakeFirst();
  return event === undefined ? null : { name: event.name, at: event.occurred_at };
}
