import type { Tx } from '../db/transaction';
import { newId } from '../db/new-id';
import { cutText } from '../domain/cut-text';
import { durationMs } from '../domain/duration';
import { entryGate, type PastEnrollment } from '../domain/enrollment/entry-rules';
import { subscriptionNames } from '../journey/subscription-names';
import type { WorkflowStart } from '../outbox/outbox';
import { WriteBatch } from '../outbox/write-batch';
import {
  enrollmentInsertion,
  refusalInsertion,
  type EnrollmentEnd,
  type NewEnrollment,
  type Refusal,
} from './enrollment-insertions';
import type { EntryRequest } from './entry-request';
import { lockJourney, saveSlots, type JourneyLimits } from './journey-limits';
import { enrollmentKey, MAX_KEY, readPastEnrollments } from './past-enrollments';
import { goalWindowMs, type RoutableEnrollment } from './route-event';

export interface Entry {
  readonly entered: boolean;
  readonly reason: string;
  readonly enrollmentId: string | null;
  readonly enrollment?: Pick<RoutableEnrollment, 'id' | 'subscriptions' | 'goalUntil'>;
}

/**
 * Enrolls customers in journeys, or records why not, for any number of entries in one transaction:
 * two statements to read and few to write. The caller has locked the customers' rows, so that no
 * other transaction decides on the same customer; limits of a whole journey are checked under the
 * lock of the journey's row. Decisions are made in memory; `addTo` adds them to the unit of work.
 */
export class EnrollmentBatch {
  readonly #tx: Tx;
  readonly #past: Map<string, PastEnrollment[]>;
  readonly #limits = new Map<string, JourneyLimits>();
  /** How many enrollments of a journey ended here before its limits were read. */
  readonly #ended = new Map<string, number>();
  readonly #entered = new Map<string, NewEnrollment>();
  readonly #refused: Refusal[] = [];

  private constructor(tx: Tx, past: Map<string, PastEnrollment[]>) {
    this.#tx = tx;
    this.#past = past;
  }

  /** @param requests every entry that may be requested in this transaction */
  static async open(tx: Tx, requests: readonly EntryRequest[]): Promise<EnrollmentBatch> {
    return new EnrollmentBatch(tx, await readPastEnrollments(tx, requests));
  }

  async enter(request: EntryRequest): Promise<Entry> {
    const { customerId, journey, options, key, now } = request;
    if (key.length > MAX_KEY) {
      return this.#refuse({ ...request, key: cutText(key, MAX_KEY) }, 'key-too-long', null);
    }
    const name = enrollmentKey(customerId, journey, key);
    const previous = this.#past.get(name) ?? [];
    const gate = entryGate({ reentry: options.reentry ?? 'after exit', key, now, previous });
    if (!gate.pass) return this.#refuse(request, gate.reason, gate.opensAt ?? null);
    const startsAt = await this.#takeSlot(request);
    if (startsAt === 'full') return this.#refuse(request, 'max-concurrent', null);

    const id = newId();
    const { goal } = options;
    const subscriptions = [...new Set(subscriptionNames(options))];
    const goalUntil = goal === undefined ? null : new Date(now.getTime() + goalWindowMs(goal));
    this.#entered.set(id, { id, request, subscriptions, startsAt, goalUntil });
    this.#past.set(name, [...previous, { key, enteredAt: now, endedAt: null, status: 'active' }]);
    return {
      entered: true,
      reason: 'entered',
      enrollmentId: id,
      enrollment: { id, subscriptions, goalUntil },
    };
  }

  /** When the enrollment may start: now, or at its turn if the journey limits its entry rate. */
  async #takeSlot({ journey, options, now }: EntryRequest): Promise<Date | 'full'> {
    const { maxConcurrent, entryRate } = options;
    if (maxConcurrent === undefined && entryRate === undefined) return now;
    const limits =
      this.#limits.get(journey) ??
      (await lockJourney(this.#tx, journey, options, this.#ended.get(journey) ?? 0));
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
   * Ends an enrollment for this transaction, so that its customer may enter again.
   *
   * @returns whether the enrollment was entered in this batch, which then writes its end as well
   */
  end(
    enrollment: { id: string; customerId: string; journey: string; key: string },
    end: EnrollmentEnd,
  ): boolean {
    const { id, customerId, journey, key } = enrollment;
    const past = this.#past.get(enrollmentKey(customerId, journey, key));
    const open = past?.find(({ endedAt }) => endedAt === null);
    if (past !== undefined && open !== undefined) {
      past[past.indexOf(open)] = { ...open, endedAt: end.at, status: end.status };
    }
    const limits = this.#limits.get(journey);
    if (limits !== undefined) limits.running--;
    else this.#ended.set(journey, (this.#ended.get(journey) ?? 0) + 1);
    const entered = this.#entered.get(id);
    if (entered === undefined) return false;
    entered.end = end;
    return true;
  }

  /** The same for a goal that an enrollment reached. */
  reachGoal(enrollmentId: string, eventId: string): boolean {
    const entered = this.#entered.get(enrollmentId);
    if (entered === undefined) return false;
    entered.goalEventId = eventId;
    return true;
  }

  /** Adds what was decided to the unit of work: enrollments, refusals and workflow starts. */
  async addTo(batch: WriteBatch): Promise<void> {
    const entered = [...this.#entered.values()];
    if (entered.length > 0) batch.add(enrollmentInsertion(entered));
    if (this.#refused.length > 0) batch.add(refusalInsertion(this.#refused));
    await saveSlots(this.#tx, this.#limits);
    batch.start(...entered.map(startOf));
  }
}

function startOf({ id, request, subscriptions, startsAt }: NewEnrollment): WorkflowStart {
  const { customerId, journey, key, event, now } = request;
  return {
    customerId,
    enrollmentId: id,
    workflowType: journey,
    payload: { v: 1, customerId, key, event, listens: [...subscriptions] },
    createdAt: now,
    availableAt: startsAt,
  };
}

/** Enters all requests in their order, for a caller who writes nothing else with them. */
export async function enterAll(
  tx: Tx,
  requests: readonly EntryRequest[],
): Promise<readonly Entry[]> {
  const enrollments = await EnrollmentBatch.open(tx, requests);
  const entries: Entry[] = [];
  for (const request of requests) entries.push(await enrollments.enter(request));
  const batch = new WriteBatch(tx);
  await enrollments.addTo(batch);
  await batch.flush();
  return entries;
}
