import type { RawBuilder } from 'kysely';
import { newId } from '../db/new-id';
import { insertRows } from '../db/sql/recordset';
import { inHoldout } from '../domain/experiments/assign';
import type { EntryRequest } from './entry-request';

export interface EnrollmentEnd {
  readonly status: 'completed' | 'exited';
  readonly reason: string;
  readonly at: Date;
}

/** An enrollment that a transaction creates, and possibly also ends. */
export interface NewEnrollment {
  readonly id: string;
  readonly request: EntryRequest;
  readonly subscriptions: readonly string[];
  readonly startsAt: Date;
  readonly goalUntil: Date | null;
  end?: EnrollmentEnd;
  goalEventId?: string;
}

/** An entry that a rule refused; `opensAt` is when the same rule would allow it. */
export interface Refusal {
  readonly request: EntryRequest;
  readonly reason: string;
  readonly opensAt: Date | null;
}

export function enrollmentInsertion(entered: readonly NewEnrollment[]): RawBuilder<unknown> {
  const rows = entered.map((enrollment) => {
    const { id, request, subscriptions, startsAt, goalUntil, end, goalEventId } = enrollment;
    const { customerId, journey, options, key, eventId, seq, now } = request;
    const seed = `holdout:${journey}`;
    return {
      id,
      customer_id: customerId,
      journey,
      key,
      status: end?.status ?? ('active' as const),
      end_reason: end?.reason ?? null,
      trigger_event_id: eventId,
      subscriptions,
      holdout: inHoldout({ seed, unit: customerId, share: options.holdout ?? 0 }),
      priority: options.priority ?? 3,
      entered_at: now,
      entered_seq: seq,
      starts_at: startsAt,
      goal_until: goalUntil,
      goal_reached_at: goalEventId === undefined ? null : now,
      goal_event_id: goalEventId ?? null,
      ended_at: end?.at ?? null,
    };
  });
  return insertRows('enrollments', rows, {
    id: 'text',
    customer_id: 'text',
    journey: 'text',
    key: 'text',
    status: 'text',
    end_reason: 'text',
    trigger_event_id: 'text',
    subscriptions: 'text[]',
    holdout: 'boolean',
    priority: 'smallint',
    entered_at: 'timestamptz',
    entered_seq: 'bigint',
    starts_at: 'timestamptz',
    goal_until: 'timestamptz',
    goal_reached_at: 'timestamptz',
    goal_event_id: 'text',
    ended_at: 'timestamptz',
  });
}

export function refusalInsertion(refused: readonly Refusal[]): RawBuilder<unknown> {
  const rows = refused.map(({ request, reason, opensAt }) => ({
    id: newId(),
    customer_id: request.customerId,
    journey: request.journey,
    key: request.key,
    event_id: request.eventId,
    reason,
    opens_at: opensAt,
    at: request.now,
  }));
  return insertRows('entry_refusals', rows, {
    id: 'text',
    customer_id: 'text',
    journey: 'text',
    key: 'text',
    event_id: 'text',
    reason: 'text',
    opens_at: 'timestamptz',
    at: 'timestamptz',
  });
}
