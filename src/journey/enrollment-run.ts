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

/** Why a enrollment run stops: it ended, or its history grew long and it goes on in a new run. */
export type Stop =
  { readonly kind: 'end'; readonly result: EnrollmentResult } | { readonly kind: 'continue' };

export type WaitEnd = 'ready' | 'timeout' | 'skipped';

/** How many lines the enrollment run tells of itself; the decision records keep the rest. */
const TOLD_LINES = 12;

/**
 * The state of one customer's enrollment run through a journey while the workflow runs.
 *
 * A enrollment run is running, waiting (at most one wait is shown), paused, or stopped. Pausing holds every
 * step and every wait: timers are cancelled and set anew on resume, by the journey's overdue
 * policy. A stop (exit event, goal, operator, end of the body, continue-as-new) cancels the scope
 * in which the body runs; from then on every step of the body waits for ever, so that no code of
 * the body can go on by accident, whatever it catches.
 */
export class EnrollmentRun {
  readonly start: EnrollmentStart;
  readonly journey = workflowInfo().workflowType;
  readonly enrollmentId = enrollmentIdIn(workflowInfo().workflowId);
  readonly buffer: EventBuffer;
  readonly journal: Journal;
  readonly scope = new CancellationScope({ cancellable: true });
  readonly listens: Set<string>;
  /** The names of traits that changed, each with how often, for moments that move. */
  readonly traitChanges = new Map<string, number>();
  /** Set when a wait fell due during a pause and the policy is to skip what follows it. */
  overdue = false;

  readonly #policy: OverduePolicy;
  #customerId: string;
  readonly #told: string[];
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
    this.#told = [...(carried?.told ?? [])];
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

  /** The customer turned out to be another one. What the enrollment run draws by its customer stays. */
  #moveTo(customerId: string): void {
    this.#customerId = customerId;
    this.tell('its customer is one with another, and goes on under their id');
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

  /** Runs one step of the body, or gives back what an earlier run of the enrollment recorded. */
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
      // What stopped the enrollment run while the step ran also keeps the body from going on.
      return await never();
    } catch (error) {
      if (this.#stop !== undefined && isCancellation(error)) return await never();
      throw error;
    }
  }

  /**
   * Waits until `ready`, at the longest until `deadline` (milliseconds since 1970). A pause cancels
   * the timer; on resume `shift` moves the deadline by the length of the pause, `catch up` and
   * `skip` leave it, and `skip` marks what follows a deadline that passed in between as overdue.
   * `deadline` is asked again whenever something arrives, since a date may move.
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

  /** Adds a line to what the enrollment run tells of itself in the Web UI and in its status. */
  tell(line: string): void {
    this.#told.push(`${new Date(Date.now()).toISOString().slice(0, 16).replace('T', ' ')} ${line}`);
    if (this.#told.length > TOLD_LINES) this.#told.splice(0, this.#told.length - TOLD_LINES);
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
    setCurrentDetails([...this.#told, ...now].join('\n\n'));
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
      told: this.#told,
    };
  }

  /** Resolves when the enrollment run has been stopped and no step of it is under way any more. */
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
      told: this.#told,
      ...(this.#customerId !== this.start.customerId && { customerId: this.#customerId }),
    };
  }
}

/** A promise that stays pending: the body must not go on. */
function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
