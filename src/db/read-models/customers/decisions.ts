import { sql } from 'kysely';
import type { JsonObject } from '../../../domain/json';
import type { MessageContent } from '../../../domain/channels/message-content';
import type { Candidate } from '../../../domain/decision/decide';
import type { ReasonCode } from '../../../domain/decision/reason-codes';
import type { DecisionOutcome, MessageStatus } from '../../schema';
import type { Db } from '../../transaction';
import { olderThan, toPage, type Page, type PageRequest } from '../page';

export interface Deferral {
  readonly at: string;
  readonly until: string;
  readonly reason: string;
}

export interface AttemptView {
  readonly attempt: number;
  readonly provider: string;
  readonly worker: string;
  readonly repeat: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: string | null;
  readonly response: string | null;
}

export interface MessageView {
  readonly id: string;
  readonly channel: string;
  readonly provider: string | null;
  readonly address: string;
  readonly content: MessageContent;
  readonly status: MessageStatus;
  readonly attempts: readonly AttemptView[];
  readonly providerMessageId: string | null;
  readonly error: string | null;
  readonly repeated: boolean;
  readonly cost: number;
  readonly decidedAt: Date;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly openedAt: Date | null;
  readonly clickedAt: Date | null;
}

/** One intent to send: what was weighed, what was chosen, and what became of it. */
export interface DecisionView {
  readonly id: string;
  readonly enrollmentId: string;
  readonly journey: string;
  readonly key: string;
  readonly step: number;
  readonly template: string;
  readonly purpose: string;
  readonly priority: string;
  readonly outcome: DecisionOutcome;
  readonly reason: ReasonCode;
  readonly channel: string | null;
  readonly candidates: readonly Candidate[];
  readonly basis: JsonObject;
  /** The policy that it was made under; null where that is unknown. */
  readonly policyVersion: string | null;
  readonly variant: JsonObject;
  readonly tags: readonly string[];
  readonly deferrals: readonly Deferral[];
  readonly nextAt: Date | null;
  readonly firstAt: Date;
  readonly decidedAt: Date;
  readonly message: MessageView | null;
}

/** The decisions about a customer, the newest first, each with its message and all attempts. */
export async function decisionsOf(
  db: Db,
  customerId: string,
  { limit, before }: PageRequest,
): Promise<Page<DecisionView>> {
  const rows = await db
    .selectFrom('decisions as d')
    .innerJoin('enrollments as e', 'e.id', 'd.enrollment_id')
    .selectAll('d')
    .select('e.key')
    .where('d.customer_id', '=', customerId)
    .where(olderThan(sql.ref('d.first_at'), sql.ref('d.id'), before))
    .orderBy('d.first_at', 'desc')
    .orderBy(sql`d.id collate "C"`, 'desc')
    .limit(limit + 1)
    .execute();
  const page = toPage(rows, limit, (row) => ({ at: row.first_at, key: row.id }));
  const messages = await messagesOf(
    db,
    page.items.map(({ id }) => id),
  );
  return {
    next: page.next,
    items: page.items.map((row) => ({
      id: row.id,
      enrollmentId: row.enrollment_id,
      journey: row.journey,
      key: row.key,
      step: row.step,
      template: row.template,
      purpose: row.purpose,
      priority: row.priority,
      outcome: row.outcome,
      reason: row.reason,
      channel: row.channel,
      candidates: row.candidates as readonly Candidate[],
      basis: row.basis,
      policyVersion: row.policy_version,
      variant: row.variant,
      tags: row.tags,
      deferrals: row.deferrals as readonly Deferral[],
      nextAt: row.next_at,
      firstAt: row.first_at,
      decidedAt: row.decided_at,
      message: messages.get(row.id) ?? null,
    })),
  };
}

async function messagesOf(
  db: Db,
  decisionIds: readonly string[],
): Promise<ReadonlyMap<string, MessageView>> {
  if (decisionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where('decision_id', 'in', [...decisionIds])
    .execute();
  const attempts = await attemptsOf(
    db,
    rows.map(({ id }) => id),
  );
  return new Map(
    rows.map((row) => [
      row.decision_id,
      {
        id: row.id,
        channel: row.channel,
        provider: row.provider,
        address: row.address,
        content: row.content,
        status: row.status,
        attempts: attempts.get(row.id) ?? [],
        providerMessageId: row.provider_message_id,
        error: row.error,
        repeated: row.repeated,
        cost: row.cost,
        decidedAt: row.decided_at,
        sentAt: row.sent_at,
        deliveredAt: row.delivered_at,
        openedAt: row.opened_at,
        clickedAt: row.clicked_at,
      },
    ]),
  );
}

async function attemptsOf(
  db: Db,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AttemptView[]>> {
  const byMessage = new Map<string, AttemptView[]>();
  if (messageIds.length === 0) return byMessage;
  const rows = await db
    .selectFrom('delivery_attempts')
    .select(['message_id', 'attempt', 'provider', 'worker', 'repeat', 'outcome', 'response'])
    .select(['started_at as startedAt', 'ended_at as endedAt'])
    .where('message_id', 'in', [...messageIds])
    .orderBy('attempt')
    .execute();
  for (const { message_id: id, ...attempt } of rows) {
    byMessage.set(id, [...(byMessage.get(id) ?? []), attempt]);
  }
  return byMessage;
}
