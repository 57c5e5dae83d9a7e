import { sql } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import { durationMs } from '../domain/duration';
import { entryGate } from '../domain/enrollment/entry-rules';
import { inHoldout } from '../domain/experiments/assign';
import { listenNames } from '../journey/listen-names';
import type { EnrollmentStart } from '../journey/messages';
import type { RoutedEvent } from '../journey/journey-event';
import type { JourneyOptions } from '../journey/options';
import { goalWindowMs } from './route';
import { putInOutbox } from './outbox';

export interface EntryRequest {
  readonly customerId: string;
  readonly journey: string;
  readonly options: JourneyOptions;
  readonly key: string;
  readonly event: RoutedEvent | null;
  /** The id of the stored event behind it, if there is one. */
  readonly eventId: string | null;
  /** The customer's sequence number at the moment of entry. */
  readonly seq: number;
  readonly now: Date;
}

export interface Entry {
  readonly entered: boolean;
  readonly reason: string;
  readonly enrollmentId: string | null;
  readonly enrollment?: {
    readonly id: string;
    readonly listens: readonly string[];
    readonly goalUntil: Date | null;
  };
}

/** Postgres indexes no key much longer, and an error there would sink the whole request. */
const LONGEST_KEY = 255;

/**
 * Lets a customer into a journey, or records why not. The caller holds the customer's row lock, so
 * that no other request can decide on the same customer at the same time; limits that concern the
 * whole journey are decided under the lock of the journey's row.
 */
export async function enter(tx: Tx, request: EntryRequest): Promise<Entry> {
  const { customerId, journey, options, key, now } = request;
  if (key.length > LONGEST_KEY) {
    return refuse(tx, { ...request, key: key.slice(0, LONGEST_KEY) }, 'key-too-long', null);
  }
  const previous = await tx
    .selectFrom('enrollments')
    .select(['key', 'entered_at', 'ended_at', 'status'])
    .where('customer_id', '=', customerId)
    .where('journey', '=', journey)
    .where('key', '=', key)
    .execute();
  const gate = entryGate({
    reentry: options.reentry ?? 'after exit',
    key,
    now,
    previous: previous.map((row) => ({
      key: row.key,
      enteredAt: row.entered_at,
      endedAt: row.ended_at,
      status: row.status,
    })),
  });
  if (!gate.pass) return refuse(tx, request, gate.reason, gate.opensAt ?? null);

  const slot = await startSlot(tx, request);
  if (slot === 'full') return refuse(tx, request, 'max-concurrent', null);

  const id = newId();
  const { goal, holdout = 0 } = options;
  const enrollment = {
    id,
    customer_id: customerId,
    journey,
    key,
    status: 'active' as const,
    end_reason: null,
    trigger_event_id: request.eventId,
    listens: [...new Set(listenNames(options))],
    holdout: inHoldout({ seed: `holdout:${journey}`, unit: customerId, share: holdout }),
    priority: options.priority ?? 3,
    entered_at: now,
    entered_seq: request.seq,
    starts_at: slot,
    goal_until: goal === undefined ? null : new Date(now.getTime() + goalWindowMs(goal)),
  };
  await tx.insertInto('enrollments').values(enrollment).execute();
  const start: EnrollmentStart = {
    v: 1,
    enrollmentId: id,
    customerId,
    journey,
    key,
    event: request.event,
    listens: enrollment.listens,
  };
  await putInOutbox(tx, [
    {
      customerId,
      enrollmentId: id,
      workflowType: journey,
      kind: 'start',
      payload: start,
      createdAt: now,
      availableAt: slot,
    },
  ]);
  return {
    entered: true,
    reason: 'entered',
    enrollmentId: id,
    enrollment: { id, listens: enrollment.listens, goalUntil: enrollment.goal_until },
  };
}

/** When the enrollment may start: now, or at its turn where the journey limits its entry rate. */
async function startSlot(tx: Tx, request: EntryRequest): Promise<Date | 'full'> {
  const { journey, options, now } = request;
  const { maxConcurrent, entryRate } = options;
  if (maxConcurrent === undefined && entryRate === undefined) return now;
  await tx
    .insertInto('journeys')
    .values({ name: journey })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('journeys')
    .select('next_slot_at')
    .where('name', '=', journey)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (maxConcurrent !== undefined) {
    const { count } = await tx
      .selectFrom((from) =>
        from
          .selectFrom('enrollments')
          .select('id')
          .where('journey', '=', journey)
          .where('status', '=', 'active')
          .limit(maxConcurrent)
          .as('running'),
      )
      .select(sql<number>`count(*)`.as('count'))
      .executeTakeFirstOrThrow();
    if (count >= maxConcurrent) return 'full';
  }
  if (entryRate === undefined) return now;
  const slot = row.next_slot_at !== null && row.next_slot_at > now ? row.next_slot_at : now;
  const spacing = durationMs(entryRate.per) / entryRate.count;
  await tx
    .updateTable('journeys')
    .set({ next_slot_at: new Date(slot.getTime() + spacing) })
    .where('name', '=', journey)
    .execute();
  return slot;
}

async function refuse(
  tx: Tx,
  request: EntryRequest,
  reason: string,
  opensAt: Date | null,
): Promise<Entry> {
  await tx
    .insertInto('entry_refusals')
    .values({
      id: newId(),
      customer_id: request.customerId,
      journey: request.journey,
      key: request.key,
      event_id: request.eventId,
      reason,
      opens_at: opensAt,
      at: request.now,
    })
    .execute();
  return { entered: false, reason, enrollmentId: null };
}
