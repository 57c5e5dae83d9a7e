import { sql, type RawBuilder } from 'kysely';
import { newId } from '../db/new-id';
import type { Tx } from '../db/transaction';
import { cutText } from '../domain/cut-text';
import { durationMs } from '../domain/duration';
import { entryGate, type PastEnrollment } from '../domain/enrollment/entry-rules';
import { inHoldout } from '../domain/experiments/assign';
import { subscriptionNames } from '../journey/subscription-names';
import type { RoutedEvent } from '../journey/journey-event';
import type { EnrollmentStart } from '../journey/protocol';
import type { JourneyOptions } from '../journey/options';
import { lockJourney, saveSlots, type JourneyLimits } from './journey-limits';
import { putInOutbox, type OutboxRow } from '../outbox/outbox';
import { goalWindowMs } from './route-event';

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
    readonly subscriptions: readonly string[];
    readonly goalUntil: Date | null;
  };
}

export interface EnrollmentEnd {
  readonly status: 'completed' | 'exited';
  readonly reason: string;
  readonly at: Date;
}

type Asked = Pick<EntryRequest, 'customerId' | 'journey' | 'options' | 'key'>;

interface NewEnrollment {
  readonly id: string;
  readonly request: EntryRequest;
  readonly subscriptions: readonly string[];
  readonly startsAt: Date;
  readonly goalUntil: Date | null;
  end?: EnrollmentEnd;
  goalEventId?: string;
}

/** Postgres indexes no key much longer, and an error there would sink the whole request. */
const MAX_KEY = 255;

/**
 * Lets customers into journeys, or records why not: any number of entries for one transaction, with
 * two statements to read and few to write. The caller holds the row locks of the customers, so
 * that no other request can decide on the same customer at the same time; limits that concern a
 * whole journey are decided under the lock of the journey's row. What is decided in memory here is
 * written by `store`, which the caller must call before it commits.
 */
export class EnrollmentBatch {
  readonly #tx: Tx;
  readonly #past: Map<string, PastEnrollment[]>;
  readonly #limits = new Map<string, JourneyLimits>();
  /** How many enrollments of a journey ended here before its limits were looked at. */
  readonly #left = new Map<string, number>();
  readonly #entered = new Map<string, NewEnrollment>();
  readonly #refused: { request: EntryRequest; reason: string; opensAt: Date | null }[] = [];

  private constructor(tx: Tx, passages: Map<string, PastEnrollment[]>) {
    this.#tx = tx;
    this.#past = passages;
  }

  /** @param asked every entry that may be asked for in this transaction */
  static async open(tx: Tx, asked: readonly Asked[]): Promise<EnrollmentBatch> {
    return new EnrollmentBatch(tx, await readPastEnrollments(tx, asked));
  }

  async enter(request: EntryRequest): Promise<Entry> {
    const { customerId, journey, options, key, now } = request;
    if (key.length > MAX_KEY) {
      return this.#refuse({ ...request, key: cutText(key, MAX_KEY) }, 'key-too-long', null);
    }
    const place = enrollmentKey(customerId, journey, key);
    const passages = this.#past.get(place) ?? [];
    const gate = entryGate({
      reentry: options.reentry ?? 'after exit',
      key,
      now,
      previous: passages,
    });
    if (!gate.pass) return this.#refuse(request, gate.reason, gate.opensAt ?? null);
    const startsAt = await this.#slot(request);
    if (startsAt === 'full') return this.#refuse(request, 'max-concurrent', null);

    const id = newId();
    const { goal } = options;
    const enrollment: NewEnrollment = {
      id,
      request,
      subscriptions: [...new Set(subscriptionNames(options))],
      startsAt,
      goalUntil: goal === undefined ? null : new Date(now.getTime() + goalWindowMs(goal)),
    };
    this.#entered.set(id, enrollment);
    this.#past.set(place, [...passages, { key, enteredAt: now, endedAt: null, status: 'active' }]);
    const { subscriptions, goalUntil } = enrollment;
    return {
      entered: true,
      reason: 'entered',
      enrollmentId: id,
      enrollment: { id, subscriptions, goalUntil },
    };
  }

  /** When the enrollment may start: now, or at its turn where the journey limits its entry rate. */
  async #slot({ journey, options, now }: EntryRequest): Promise<Date | 'full'> {
    const { maxConcurrent, entryRate } = options;
    if (maxConcurrent === undefined && entryRate === undefined) return now;
    const limits =
      this.#limits.get(journey) ??
      (await lockJourney(this.#tx, journey, options, this.#left.get(journey) ?? 0));
    this.#limits.set(journey, limits);
    if (maxConcurrent !== undefined && limits.running >= maxConcurrent) return 'full';
    limits.running++;
    if (entryRate === undefined) return now;
    const slot = limits.nextSlotAt !== null && limits.nextSlotAt > now ? limits.nextSlotAt : now;
    const spacing = durationMs(entryRate.per) / entryRate.count;
    limits.nextSlotAt = new Date(slot.getTime() + spacing);
    return slot;
  }

  #refuse(request: EntryRequest, reason: string, opensAt: Date | null): Entry {
    this.#refused.push({ request, reason, opensAt });
    return { entered: false, reason, enrollmentId: null };
  }

  /**
   * Notes that an enrollment has ended in this transaction, so that its customer may enter again.
   *
   * @returns whether the enrollment is one of this transaction's own, which `store` writes
   */
  ended(
    enrollment: { id: string; customerId: string; journey: string; key: string },
    end: EnrollmentEnd,
  ): boolean {
    const place = enrollmentKey(enrollment.customerId, enrollment.journey, enrollment.key);
    const passages = this.#past.get(place);
    const last = passages?.find(({ endedAt }) => endedAt === null);
    if (passages !== undefined && last !== undefined) {
      passages[passages.indexOf(last)] = { ...last, endedAt: end.at, status: end.status };
    }
    const limits = this.#limits.get(enrollment.journey);
    if (limits !== undefined) limits.running--;
    else this.#left.set(enrollment.journey, (this.#left.get(enrollment.journey) ?? 0) + 1);
    const mine = this.#entered.get(enrollment.id);
    if (mine === undefined) return false;
    mine.end = end;
    return true;
  }

  /** The same for a goal. */
  reachedGoal(enrollmentId: string, eventId: string): boolean {
    const mine = this.#entered.get(enrollmentId);
    if (mine === undefined) return false;
    mine.goalEventId = eventId;
    return true;
  }

  /**
   * Writes what was decided, and tells the relay.
   *
   * @param besides what else the caller writes; see putInOutbox
   * @param signals what running enrollments are to be told
   * @param last whether nothing follows in the transaction
   */
  async store(
    besides: readonly RawBuilder<unknown>[] = [],
    signals: readonly OutboxRow[] = [],
    last: boolean = false,
  ): Promise<void> {
    const entered = [...this.#entered.values()];
    const insertions = [...besides];
    if (entered.length > 0) insertions.push(enrollmentInsertion(entered));
    if (this.#refused.length > 0) insertions.push(refusalInsertion(this.#refused));
    await saveSlots(this.#tx, this.#limits);
    const starts = entered.map(({ id, request, subscriptions, startsAt }): OutboxRow => {
      const { customerId, journey, key, event, now } = request;
      const start: EnrollmentStart = {
        v: 1,
        customerId,
        key,
        event,
        listens: [...subscriptions],
      };
      return {
        customerId,
        enrollmentId: id,
        workflowType: journey,
        kind: 'start',
        payload: start,
        createdAt: now,
        availableAt: startsAt,
      };
    });
    await putInOutbox(this.#tx, [...starts, ...signals], insertions, last);
  }
}

/** Lets in one customer; the caller has nothing else to write together with it. */
export async function enterOne(tx: Tx, request: EntryRequest): Promise<Entry> {
  const entrance = await EnrollmentBatch.open(tx, [request]);
  const entry = await entrance.enter(request);
  await entrance.store();
  return entry;
}

function enrollmentKey(customerId: string, journey: string, key: string): string {
  return `${customerId} ${journey} ${key}`;
}

/** How many of the latest passages a rule has to see; each but `times` asks only for the last. */
function pastEnrollmentsNeeded({ reentry }: JourneyOptions): number {
  const times = typeof reentry === 'object' ? reentry.times : undefined;
  return Math.max(1, Math.min(times ?? 1, 10_000));
}

async function readPastEnrollments(
  tx: Tx,
  asked: readonly Asked[],
): Promise<Map<string, PastEnrollment[]>> {
  const wanted = new Map<string, Asked>();
  for (const each of asked) {
    if (each.key.length > MAX_KEY) continue;
    wanted.set(enrollmentKey(each.customerId, each.journey, each.key), each);
  }
  const found = new Map<string, PastEnrollment[]>();
  if (wanted.size === 0) return found;
  const rows = [...wanted.values()].map(({ customerId, journey, key, options }) => {
    return { customer_id: customerId, journey, key, most: pastEnrollmentsNeeded(options) };
  });
  // Passages of one key follow each other, so the last to have entered is the last to have ended.
  const passages = await sql<{
    customer_id: string;
    journey: string;
    key: string;
    entered_at: Date;
    ended_at: Date | null;
    status: string;
  }>`
    select e.* from json_to_recordset(${JSON.stringify(rows)}::json)
      as r (customer_id text, journey text, key text, most integer)
    cross join lateral (
      select customer_id, journey, key, entered_at, ended_at, status from enrollments
      where customer_id = r.customer_id and journey = r.journey and key = r.key
      order by entered_at desc, id desc limit r.most) e`.execute(tx);
  for (const row of passages.rows) {
    const place = enrollmentKey(row.customer_id, row.journey, row.key);
    const list = found.get(place) ?? [];
    list.push({
      key: row.key,
      enteredAt: row.entered_at,
      endedAt: row.ended_at,
      status: row.status,
    });
    found.set(place, list);
  }
  return found;
}

function enrollmentInsertion(entered: readonly NewEnrollment[]): RawBuilder<unknown> {
  const rows = entered.map(
    ({ id, request, subscriptions, startsAt, goalUntil, end, goalEventId }) => {
      const { customerId, journey, options, key, eventId, seq, now } = request;
      return {
        id,
        customer_id: customerId,
        journey,
        key,
        status: end?.status ?? 'active',
        end_reason: end?.reason ?? null,
        trigger_event_id: eventId,
        subscriptions,
        holdout: inHoldout({
          seed: `holdout:${journey}`,
          unit: customerId,
          share: options.holdout ?? 0,
        }),
        priority: options.priority ?? 3,
        entered_at: now,
        entered_seq: seq,
        starts_at: startsAt,
        goal_until: goalUntil,
        goal_reached_at: goalEventId === undefined ? null : now,
        goal_event_id: goalEventId ?? null,
        ended_at: end?.at ?? null,
      };
    },
  );
  return sql`
    insert into enrollments (id, customer_id, journey, key, status, end_reason, trigger_event_id,
      subscriptions, holdout, priority, entered_at, entered_seq, starts_at, goal_until,
      goal_reached_at, goal_event_id, ended_at)
    select id, customer_id, journey, key, status, end_reason, trigger_event_id,
      array(select json_array_elements_text(subscriptions)), holdout, priority, entered_at,
      entered_seq, starts_at, goal_until, goal_reached_at, goal_event_id, ended_at
    from json_to_recordset(${JSON.stringify(rows)}::json) as r (
      id text, customer_id text, journey text, key text, status text, end_reason text,
      trigger_event_id text, subscriptions json, holdout boolean, priority smallint,
      entered_at timestamptz, entered_seq bigint, starts_at timestamptz, goal_until timestamptz,
      goal_reached_at timestamptz, goal_event_id text, ended_at timestamptz)`;
}

function refusalInsertion(
  refused: readonly { request: EntryRequest; reason: string; opensAt: Date | null }[],
): RawBuilder<unknown> {
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
  return sql`
    insert into entry_refusals (id, customer_id, journey, key, event_id, reason, opens_at, at)
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as r (
      id text, customer_id text, journey text, key text, event_id text, reason text,
      opens_at timestamptz, at timestamptz)`;
}
