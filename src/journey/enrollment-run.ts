import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { describeDuration } from '../domain/duration';
import { EventBuffer } from './event-buffer';
import { Journal } from './journal';
import {
  CUSTOMER_ATTRIBUTE,
  enrollmentIdIn,
  type CarriedState,
  type EnrollmentStart,
  type EnrollmentResult,
  type EnrollmentRunStatus,
  type RoutedItem,
} from './protocol';
import type { OverduePolicy } from './options';

/** Why an enrollment run stops: the enrollment ended, or it continues as new because its history is long. */
export type Stop =
  { readonly kind: 'end'; readonly result: EnrollmentResult } | { readonly kind: 'continue' };

export type WaitEnd = 'ready' | 'timeout' | 'skipped';

/** How many lines of the activity log are kept; the decision records keep the rest. */
const MAX_LOG_LINES = 12;

/**
 * The state of one enrollment while its workflow runs.
 *
 * | State | Meaning | Next |
 * | --- | --- | --- |
 * | running | executes a step, or code between steps | waiting, paused, stopped |
 * | waiting | in `wait`; of concurrent waits the latest is shown | running, paused, stopped |
 * | paused | holds every step and wait; timers are cancelled, and set again on resume | running, waiting, stopped |
 * | stopped | ended, or continues as new | none |
 *
 * A stop (exit event, goal, operator, end of the body, continue-as-new) cancels the scope in which
 * the body runs. From then on every step stays pending, so that the body cannot continue, whatever it
 * catches.
 */
export class EnrollmentRun {
  readonly start: EnrollmentStart;
  readonly journey = workflowInfo().workflowType;
  readonly enrollmentId = enrollmentIdIn(workflowInfo().workflowId);
  readonly buffer: EventBuffer;
  readonly journal: Journal;
  readonly scope = new CancellationScope({ cancellable: true });
  readonly listens: Set<string>;
  /** How often each trait changed, for sleeps that end at the date in a trait. */
  readonly traitChanges = new Map<string, number>();
  /** Set when a wait fell due during a pause and the policy is to skip what follows it. */
  overdue = false;

  readonly #policy: OverduePolicy;
  #customerId: string;
  readonly #log: string[];
  #stop: Stop | undefined;
  #steps = 0;
  #pausedAt: number | undefined;
  #skips = 0;
  #waiting: { readonly what: string; readonly until: number | undefined } | undefined;

  constructor(start: EnrollmentStart, policy: OverduePolicy) {
    const carried = start.carried;
    this.start = start;
    this.#customerId = carried?.customerId ?? start.customerId;
    this.#policy = policy;
    this.buffer = new EventBuffer(carried?.unread, carried?.latest, carried?.lastSeq);
    this.journal = new Journal(carried?.journal ?? []);
    this.listens = new Set(carried?.listens ?? start.listens);
    this.#log = [...(carried?.log ?? [])];
    if (start.event !== null && carried === undefined) this.buffer.note(start.event);
  }

  get stopped(): Stop | undefined {
    return this.#stop;
  }

  get paused(): boolean {
    return this.#pausedAt !== undefined;
  }

  end(status: EnrollmentResult['status'], reason: string): void {
    this.#halt({ kind: 'end', result: { status, reason } });
  }

  #halt(stop: Stop): void {
    if (this.#stop !== undefined) return;
    this.#stop = stop;
    this.scope.cancel();
  }

  receive(items: readonly RoutedItem[]): void {
    for (const item of items) {
      if (!this.buffer.accept(item)) continue;
      const name = item.event?.name ?? '';
      if (item.effect === 'exit') this.end('exited', item.reason ?? `exit event: ${name}`);
      else if (item.effect === 'goal') this.end('completed', `goal: ${name}`);
      if (item.customerId !== undefined) this.#moveTo(item.customerId);
      for (const trait of item.traits ?? []) {
        this.traitChanges.set(trait, (this.traitChanges.get(trait) ?? 0) + 1);
      }
    }
  }

  /** The customer was merged into another. Assignments and ids still derive from the original one. */
  #moveTo(customerId: string): void {
    this.#customerId = customerId;
    this.log(`customer merged into ${customerId}`);
    if (workflowInfo().typedSearchAttributes.get(CUSTOMER_ATTRIBUTE) === undefined) return;
    upsertSearchAttributes([{ key: CUSTOMER_ATTRIBUTE, value: customerId }]);
  }

  pause(): void {
    this.#pausedAt ??= Date.now();
  }

  resume(): void {
    this.#pausedAt = undefined;
  }

  skipWait(): void {
    this.#skips++;
  }

  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Runs one step of the body, or returns the result that an earlier run recorded. */
  async step<T>(kind: string, run: (number: number) => Promise<T>): Promise<T> {
    const number = this.journal.nextNumber();
    const known = this.journal.recall(number, kind);
    if (known !== undefined) return (await known).result as T;
    try {
      if (this.paused && this.#stop === undefined) await this.#resumed();
      if (this.#stop === undefined && this.#steps === 0 && workflowInfo().continueAsNewSuggested) {
        this.#halt({ kind: 'continue' });
      }
      if (this.#stop !== undefined) return await never();
      this.#steps++;
      try {
        const result = await run(number);
        this.journal.record(number, kind, result);
        if (this.#stop === undefined) return result;
      } finally {
        this.#steps--;
      }
      // The run was stopped while the step ran, so the body must not continue.
      return await never();
    } catch (error) {
      if (this.#stop !== undefined && isCancellation(error)) return await never();
      throw error;
    }
  }

  /**
   * Waits until `ready`, at most until `deadlineNow` (milliseconds since 1970). A pause cancels the
   * timer. On resume, `shift` moves the deadline by the length of the pause; `catch up` and `skip`
   * keep it, and `skip` marks the next step as overdue if the deadline passed during the pause.
   * `deadlineNow` is evaluated again whenever an event arrives, since a date can move.
   */
  async wait(
    what: string,
    deadlineNow: () => number | undefined,
    ready: () => boolean,
  ): Promise<WaitEnd> {
    const skips = this.#skips;
    let shift = 0;
    const deadline = () => {
      const at = deadlineNow();
      return at === undefined ? undefined : at + shift;
    };
    this.overdue = false;
    try {
      for (;;) {
        if (this.paused) {
          const pausedAt = this.#pausedAt ?? Date.now();
          this.#show(`${what} (paused)`, undefined);
          await this.#resumed();
          const at = deadline();
          const fellDue = at !== undefined && at > pausedAt && at <= Date.now();
          if (this.#policy === 'shift') shift += Date.now() - pausedAt;
          if (this.#policy === 'skip' && fellDue) this.overdue = true;
        }
        if (ready()) return 'ready';
        if (this.#skips > skips) return 'skipped';
        const until = deadline();
        if (until !== undefined && until <= Date.now()) return 'timeout';
        this.#show(what, until);
        const woken = () => this.paused || this.#skips > skips || ready() || deadline() !== until;
        if (until === undefined) await condition(woken);
        else await condition(woken, until - Date.now(), { summary: what });
      }
    } finally {
      this.#waiting = undefined;
      this.#publish();
    }
  }

  async #resumed(): Promise<void> {
    await condition(() => !this.paused);
  }

  /** Adds a line to the activity log, which the Web UI and the status show. */
  log(line: string): void {
    this.#log.push(`${new Date(Date.now()).toISOString().slice(0, 16).replace('T', ' ')} ${line}`);
    if (this.#log.length > MAX_LOG_LINES) this.#log.splice(0, this.#log.length - MAX_LOG_LINES);
    this.#publish();
  }

  #show(what: string, until: number | undefined): void {
    this.#waiting = { what, until };
    this.#publish();
  }

  #publish(): void {
    const waiting = this.#waiting;
    const now =
      waiting === undefined
        ? []
        : [
            waiting.until === undefined
              ? `now: ${waiting.what}`
              : `now: ${waiting.what}, until ${new Date(waiting.until).toISOString()} (${describeDuration(waiting.until - Date.now())})`,
          ];
    setCurrentDetails([...this.#log, ...now].join('\n\n'));
  }

  status(): EnrollmentRunStatus {
    const waiting = this.#waiting;
    return {
      enrollmentId: this.enrollmentId,
      customerId: this.#customerId,
      key: this.start.key,
      state:
        this.#stop !== undefined
          ? 'ended'
          : this.paused
            ? 'paused'
            : waiting === undefined
              ? 'running'
              : 'waiting',
      waitingFor: waiting?.what ?? null,
      until: waiting?.until === undefined ? null : new Date(waiting.until).toISOString(),
      told: this.#log,
    };
  }

  /** Resolves when the run is stopped and none of its steps is running any more. */
  async settled(): Promise<Stop> {
    await condition(() => this.#stop !== undefined);
    await condition(() => this.#steps === 0 && allHandlersFinished());
    return this.#stop as Stop;
  }

  carried(): CarriedState {
    return {
      journal: this.journal.entries,
      unread: this.buffer.unread,
      latest: this.buffer.latest,
      lastSeq: this.buffer.lastSeq,
      listens: [...this.listens],
      log: this.#log,
      ...(this.#customerId !== this.start.customerId && { customerId: this.#customerId }),
    };
  }
}

/** A promise that stays pending: the body must not continue. */
function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
