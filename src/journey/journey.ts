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

/** What became of one send. */
export interface Sent {
  /** True once a provider has taken the message. */
  readonly delivered: boolean;
  readonly outcome: 'sent' | 'skipped' | 'failed' | 'unknown';
  /** The reason code of the decision or of the failure, such as `no-consent`. */
  readonly reason: string;
  /** The record that explains it: `throughline why`. */
  readonly decisionId: string;
  readonly messageId?: string;
  readonly channel?: string;
}

export type SendOptions<T extends TemplateName, PurposeGiven extends boolean> = {
  /** Channels to try, the most wanted first. Only those that the template has words for. */
  readonly via: readonly ChannelsOf<T>[];
  /** `high` and `low` order deliveries that wait on the same provider. */
  readonly priority?: 'high' | 'normal' | 'low';
  /** What the message is worth if it does its work, in the shop's currency. */
  readonly value?: number;
  readonly tags?: readonly string[];
} & (PurposeGiven extends true
  ? { readonly purpose?: JourneyPurpose }
  : { readonly purpose: JourneyPurpose }) &
  // oxlint-disable-next-line typescript/no-empty-object-type -- "no required key" is what is asked
  ({} extends TemplateProps<T>
    ? { readonly props?: TemplateProps<T> }
    : { readonly props: TemplateProps<T> }) &
  (AboutOf<T> extends infer E extends EventName
    ? { readonly about: JourneyEvent<E> }
    : { readonly about?: undefined });

export interface WaitOptions<E extends EventName> {
  /** Only events for which this holds; others are left for later waits. Must be pure. */
  readonly where?: (event: JourneyEvent<E>) => boolean;
  /** Only events about this message. If it was never sent, the wait ends at once. */
  readonly of?: Sent;
  /** How long to wait. Without it, until the event or the end of the enrollment. Zero: look only. */
  readonly timeout?: Duration;
  /** Each of these events starts the timeout anew, and is then used up. */
  readonly resetOn?: EventName | readonly EventName[];
}

type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** A moment to sleep until. */
export type Moment =
  | Date
  /** The next such time of day in the customer's zone, and on that weekday where one is named. */
  | { readonly time: `${number}:${number}`; readonly weekday?: Weekday; readonly zone?: string }
  /** A trait that holds a date, plus an offset such as `'-1 day'`; a new value re-arms the sleep. */
  | { readonly trait: keyof WorkflowTraits & string; readonly offset?: Duration }
  | PropertyMoment<EventName>;

/** A property of the latest of these events that holds a date; a newer event re-arms the sleep. */
export interface PropertyMoment<E extends EventName> {
  readonly property: keyof WorkflowProperties<E> & string;
  readonly of: E | readonly E[];
  readonly offset?: Duration;
}

/**
 * How a sleep ended: the moment was `reached`, it already was `past`, it is `unset` because the
 * trait or property holds no date, or an operator `skipped` the wait.
 */
export type SleepResult = 'reached' | 'past' | 'unset' | 'skipped';

export interface TaskOptions {
  readonly title: string;
  readonly details?: JsonObject;
  /** When the work should be done by, from now. */
  readonly due?: Duration;
  /** How long to wait for the outcome. Default 30 days. */
  readonly timeout?: Duration;
}

export interface TaskOutcome {
  readonly taskId?: string;
  readonly completed: boolean;
  /** What the person said came of it, or why there was no task. */
  readonly outcome: string;
}

/**
 * What a journey's body can do. Each call is one step: recorded, resumed after a crash, and carried
 * over when a long history is continued as new. Between steps a body may use any primitive of the
 * Temporal SDK; wrap those in `j.step` so that they too are remembered by a continued journey.
 *
 * Every wait may last up to ten years; a longer one throws. All steps throw `ApplicationFailure`
 * of type `JourneyMisuse` for arguments that make no sense.
 */
export interface Journey<
  TriggeredBy extends EventName = EventName,
  PurposeGiven extends boolean = boolean,
> {
  readonly customerId: string;
  readonly enrollmentId: string;
  /** What the enrollment is about; empty where the trigger has no key. */
  readonly key: string;
  /** The event that let the customer in; undefined for schedules and for requests without data. */
  readonly event: JourneyEvent<TriggeredBy>;

  /**
   * Decides whether to send, over which channel and when, and delivers. Never throws for a customer
   * who may not be written to or a provider that refuses: the result says so.
   *
   * @example
   * const sent = await j.send('cart-reminder', { purpose: 'offers', via: ['email'], props: { arm } });
   */
  send<const T extends TemplateName>(
    template: T,
    options: SendOptions<T, PurposeGiven>,
  ): Promise<Sent>;

  /** The first such event since the journey began that no earlier wait took; undefined on timeout. */
  waitFor<const E extends EventName>(
    event: E | readonly E[],
    options?: WaitOptions<E>,
  ): Promise<JourneyEvent<E> | undefined>;

  /** The latest event of these names since the journey began, its trigger included. */
  latest<const E extends EventName>(event: E | readonly E[]): Promise<JourneyEvent<E> | undefined>;

  /** Zero or a negative duration returns at once. */
  sleep(duration: Duration): Promise<SleepResult>;
  /** A moment that is past returns at once. */
  sleepUntil<const E extends EventName>(
    moment: Exclude<Moment, PropertyMoment<EventName>> | PropertyMoment<E>,
  ): Promise<SleepResult>;

  /** The customer's arm: sticky, its first exposure logged with its propensity. */
  experiment<const X extends ExperimentName>(experiment: X): Promise<ArmOf<X>>;
  /** Whether a feature is on for the customer: sticky and logged like an experiment. */
  flag(flag: FlagName): Promise<boolean>;
  /** One of several ways by weight; the same customer always goes the same way. Not logged. */
  split<const W extends string>(name: string, weights: Readonly<Record<W, number>>): Promise<W>;

  /** The customer's declared, non-personal traits as they are now. */
  read(): Promise<WorkflowTraits>;
  /**
   * Whether the customer is in a segment at this moment: computed from what is stored of them, not
   * from what was noted last. False for a segment that was taken out of the code meanwhile.
   */
  inSegment(segment: SegmentName): Promise<boolean>;
  setTraits(traits: Partial<WorkflowTraits>): Promise<void>;
  /** Records an event of this customer, as if a product system had posted it. */
  track<const E extends EventName>(
    event: E,
    properties: Partial<WorkflowProperties<E>>,
  ): Promise<void>;
  /** Enrolls the customer in another journey, under that journey's own rules. */
  enroll(
    journey: string,
    options?: { readonly key?: string; readonly data?: JsonObject },
  ): Promise<{ readonly entered: boolean; readonly reason: string }>;
  /** Asks a person to do something and waits for what comes of it. */
  task(kind: string, options: TaskOptions): Promise<TaskOutcome>;

  /** The journey's clock, in milliseconds since 1970; use it instead of `Date.now()`. */
  now(): Promise<number>;
  /** Remembers the result of code that uses the Temporal SDK itself. The result must be JSON. */
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /**
   * Whether this enrollment run takes a change of the body: true for enrollments that reach it for the first
   * time, false for those that had passed it before. The SDK's `patched`, remembered when a long
   * journey is continued as new.
   */
  patched(change: string): Promise<boolean>;
  /** Ends the enrollment here. */
  exit(reason: string): Promise<never>;
}
