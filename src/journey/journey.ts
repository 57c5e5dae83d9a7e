import type { Duration } from '../domain/duration';
import type { JsonObject } from '../domain/json';
import type { JourneyEvent } from './journey-event';
import type {
  AboutOf,
  ArmOf,
  ChannelsOf,
  EventName,
  ExperimentName,
  FlagName,
  JourneyPurpose,
  SegmentName,
  TemplateName,
  TemplateProps,
  WorkflowProperties,
  WorkflowTraits,
} from './register';

/**
 * The result of one send.
 *
 * @example
 * const sent: Sent = await j.send('onboarding-welcome', { via: ['email'] });
 * if (!sent.delivered) await j.exit(sent.reason);
 */
export interface Sent {
  /** True if a provider accepted the message. */
  readonly delivered: boolean;
  readonly outcome: 'sent' | 'skipped' | 'failed' | 'unknown';
  /** The reason code of the decision or of the failure, such as `no-consent`. */
  readonly reason: string;
  /** The decision record; `throughline why` explains it. */
  readonly decisionId: string;
  readonly messageId?: string;
  readonly channel?: string;
}

/**
 * How to send a template. `props` and `about` are required if the template requires them, and
 * `purpose` if the journey has none.
 *
 * @example
 * const options: SendOptions<'onboarding-welcome', false> = {
 *   purpose: 'tips',
 *   via: ['push', 'email'],
 *   priority: 'high',
 * };
 */
export type SendOptions<T extends TemplateName, PurposeGiven extends boolean> = {
  /** Channels in order of preference, out of those that the template has content for. */
  readonly via: readonly ChannelsOf<T>[];
  /** The order among deliveries that wait for the same provider. Default `normal`. */
  readonly priority?: 'high' | 'normal' | 'low';
  /** The expected value of the message, in the shop's currency. */
  readonly value?: number;
  readonly tags?: readonly string[];
} & (PurposeGiven extends true
  ? { readonly purpose?: JourneyPurpose }
  : { readonly purpose: JourneyPurpose }) &
  // oxlint-disable-next-line typescript/no-empty-object-type -- tests for "no required key"
  ({} extends TemplateProps<T>
    ? { readonly props?: TemplateProps<T> }
    : { readonly props: TemplateProps<T> }) &
  (AboutOf<T> extends infer E extends EventName
    ? { readonly about: JourneyEvent<E> }
    : { readonly about?: undefined });

/**
 * Narrows a wait and limits its duration.
 *
 * @example
 * const options: WaitOptions<'Message Clicked'> = {
 *   where: (event) => event.properties.url === 'https://shop.example/cart',
 *   timeout: '1 day',
 * };
 */
export interface WaitOptions<E extends EventName> {
  /** Accepts an event; others stay in the buffer for later waits. Must be pure. */
  readonly where?: (event: JourneyEvent<E>) => boolean;
  /** Only events about this message. If it was never sent, the wait ends immediately. */
  readonly of?: Sent;
  /** Default: until the enrollment ends. Zero checks the buffer without waiting. */
  readonly timeout?: Duration;
  /** Each of these events restarts the timeout, and is consumed. */
  readonly resetOn?: EventName | readonly EventName[];
}

type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/**
 * A moment to sleep until.
 *
 * @example
 * const tenOClock: Moment = { time: '10:00', zone: 'Europe/Berlin' };
 * const dayBefore: Moment = { trait: 'appointment_at', offset: '-1 day' };
 */
export type Moment =
  | Date
  /** The next such time of day (on that weekday), in the given zone or else the customer's. */
  | { readonly time: `${number}:${number}`; readonly weekday?: Weekday; readonly zone?: string }
  /** The date in a trait plus an offset such as `'-1 day'`; a new value moves the end of the sleep. */
  | { readonly trait: keyof WorkflowTraits & string; readonly offset?: Duration }
  | PropertyMoment<EventName>;

/** The date in a property of the latest of these events; a newer event moves the end of the sleep. */
export interface PropertyMoment<E extends EventName> {
  readonly property: keyof WorkflowProperties<E> & string;
  readonly of: E | readonly E[];
  readonly offset?: Duration;
}

/**
 * How a sleep ended: the moment was `reached`, it was already `past`, it is `unset` because the trait
 * or property holds no date, or an operator `skipped` the wait.
 *
 * @example
 * const result: SleepResult = await j.sleepUntil({ trait: 'appointment_at', offset: '-1 day' });
 * if (result !== 'reached') return;
 */
export type SleepResult = 'reached' | 'past' | 'unset' | 'skipped';

/**
 * A task for a person.
 *
 * @example
 * const options: TaskOptions = { title: 'Call the customer', due: '2 days', timeout: '7 days' };
 */
export interface TaskOptions {
  readonly title: string;
  readonly details?: JsonObject;
  /** When the task is due, from now. */
  readonly due?: Duration;
  /** How long to wait for the outcome; then the task is cancelled. Default 30 days. */
  readonly timeout?: Duration;
}

/**
 * The result of a task.
 *
 * @example
 * const call: TaskOutcome = await j.task('call', { title: 'Call the customer' });
 * if (call.completed) await j.exit(call.outcome);
 */
export interface TaskOutcome {
  readonly taskId?: string;
  readonly completed: boolean;
  /** The outcome that the person entered, `timed-out`, or why no task was opened. */
  readonly outcome: string;
}

/**
 * What the body of a journey can do. Each call is one step: it is recorded, survives crashes, and is
 * replayed when a long history continues as new. Between steps a body may use any primitive of the
 * Temporal SDK; wrap those in `j.step` so that their results are recorded too.
 *
 * A wait lasts at most ten years.
 *
 * @throws {ApplicationFailure} of type `JourneyMisuse`, by every step, for invalid arguments
 * @example
 * async function remind(j: Journey): Promise<void> {
 *   await j.sleep('4 hours');
 *   await j.send('onboarding-welcome', { purpose: 'tips', via: ['push', 'email'] });
 * }
 */
export interface Journey<
  TriggeredBy extends EventName = EventName,
  PurposeGiven extends boolean = boolean,
> {
  readonly customerId: string;
  readonly enrollmentId: string;
  /** What the enrollment is about, such as a cart id; empty if the trigger has no key. */
  readonly key: string;
  /**
   * The event that started the enrollment; undefined for schedules and for requests without data.
   */
  readonly event: JourneyEvent<TriggeredBy>;

  /**
   * Decides whether to send, over which channel and when, and delivers. Does not throw for a customer
   * who must not be contacted or a provider that refuses; see the result.
   *
   * @example
   * const arm = await j.experiment('win-back-offer');
   * const sent = await j.send('win-back-offer', { purpose: 'offers', via: ['email'], props: { arm } });
   */
  send<const T extends TemplateName>(
    template: T,
    options: SendOptions<T, PurposeGiven>,
  ): Promise<Sent>;

  /**
   * Waits for an event. Events are buffered from the start of the enrollment until a wait consumes
   * them, so an event between two waits is not lost.
   *
   * @returns the first matching event; undefined on timeout or when an operator skipped the wait
   * @example
   * const click = await j.waitFor('Message Clicked', { of: sent, timeout: '1 day' });
   * if (click === undefined) await j.exit('no click');
   */
  waitFor<const E extends EventName>(
    event: E | readonly E[],
    options?: WaitOptions<E>,
  ): Promise<JourneyEvent<E> | undefined>;

  /**
   * @returns the most recent of these events since the enrollment began, its trigger included, whether
   *   a wait consumed it or not
   * @example
   * const order = await j.latest('Order Completed');
   * const total = order?.properties.total ?? 0;
   */
  latest<const E extends EventName>(event: E | readonly E[]): Promise<JourneyEvent<E> | undefined>;

  /**
   * Sleeps; zero or a negative duration returns immediately. Exits and goals interrupt it.
   *
   * @example
   * await j.sleep('4 hours');
   */
  sleep(duration: Duration): Promise<SleepResult>;
  /**
   * Sleeps until a moment, which moves when its trait or event changes. A past moment returns
   * immediately.
   *
   * @example
   * const slept = await j.sleepUntil({ trait: 'appointment_at', offset: '-1 day' });
   * if (slept !== 'reached') return;
   */
  sleepUntil<const E extends EventName>(
    moment: Exclude<Moment, PropertyMoment<EventName>> | PropertyMoment<E>,
  ): Promise<SleepResult>;

  /**
   * @returns the customer's arm: sticky; the first exposure is recorded with its propensity
   * @example
   * const arm: 'plain' | 'warm' = await j.experiment('cart-reminder');
   */
  experiment<const X extends ExperimentName>(experiment: X): Promise<ArmOf<X>>;
  /**
   * @returns whether a feature is on for the customer: sticky, recorded like an experiment
   * @example
   * if (await j.flag('consultation-calls')) await j.task('call', { title: 'Call the customer' });
   */
  flag(flag: FlagName): Promise<boolean>;
  /**
   * Splits customers by weight; the same customer always gets the same result. Not recorded.
   *
   * @example
   * const half = await j.split('by-half', { first: 0.5, second: 0.5 });
   * if (half === 'second') await j.sleep('1 day');
   */
  split<const W extends string>(name: string, weights: Readonly<Record<W, number>>): Promise<W>;

  /**
   * @returns the customer's declared, non-personal traits as they are now
   * @example
   * const { plan } = await j.read();
   * if (plan === 'gold') return;
   */
  read(): Promise<WorkflowTraits>;
  /**
   * @returns whether the customer is in a segment now, computed from stored data; false for a segment
   *   that is no longer in the code
   * @example
   * if (await j.inSegment('bigSpenders')) await j.task('thank', { title: 'Say thank you' });
   */
  inSegment(segment: SegmentName): Promise<boolean>;
  /**
   * Sets traits of the customer, as an `identify` call does.
   *
   * @example
   * await j.setTraits({ lifecycle: 'advised' });
   */
  setTraits(traits: Partial<WorkflowTraits>): Promise<void>;
  /**
   * Records an event of this customer, as if a product system had sent it.
   *
   * @example
   * await j.track('Order Completed', { order_id: 'o-1' });
   */
  track<const E extends EventName>(
    event: E,
    properties: Partial<WorkflowProperties<E>>,
  ): Promise<void>;
  /**
   * Enrolls the customer in another journey, under that journey's own rules.
   *
   * @example
   * const { entered, reason } = await j.enroll('winBack', { data: { source: 'cart' } });
   * if (!entered) await j.exit(reason);
   */
  enroll(
    journey: string,
    options?: { readonly key?: string; readonly data?: JsonObject },
  ): Promise<{ readonly entered: boolean; readonly reason: string }>;
  /**
   * Opens a task for a person and waits for its outcome.
   *
   * @example
   * const call = await j.task('call', { title: 'Call about the order', due: '2 days' });
   * if (!call.completed) return;
   */
  task(kind: string, options: TaskOptions): Promise<TaskOutcome>;

  /**
   * @returns the workflow clock in milliseconds since 1970; use it instead of `Date.now()`
   * @example
   * const startedAt = await j.now();
   */
  now(): Promise<number>;
  /**
   * Records the result of code that uses the Temporal SDK itself. The result must be JSON.
   *
   * @example
   * const lucky = await j.step('draw', () => Promise.resolve(Math.random() < 0.1));
   */
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /**
   * Guards a change of the body: true for enrollments that reach it for the first time, false for
   * those that had passed it before the change. Replaces the SDK's `patched`, which forgets when a
   * journey continues as new.
   *
   * @example
   * if (await j.patched('wait-longer')) await j.sleep('2 days');
   * else await j.sleep('1 day');
   */
  patched(change: string): Promise<boolean>;
  /**
   * Ends the enrollment with the status `exited`.
   *
   * @example
   * await j.exit('bought in the store');
   */
  exit(reason: string): Promise<never>;
}
