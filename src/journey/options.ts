import type { Duration } from '../domain/duration';
import type { Reentry } from '../domain/enrollment/entry-rules';
import type { EventTrigger, Trigger } from './triggers';
import type { EventName, JourneyPurpose } from './register';
import type { Journey } from './journey';

/** What to do with a step that fell due while the customer was held by a pause. */
export type OverduePolicy = 'skip' | 'catch up' | 'shift';

/** A failure that ended the body, as `onFailure` sees it. */
export interface JourneyFailure {
  readonly type: string;
  readonly message: string;
}

export interface JourneyOptions {
  readonly trigger: Trigger | readonly Trigger[];
  /** Events that take the customer out at once, even in the midst of a sleep. */
  readonly exit?: readonly EventTrigger[];
  /** The event that counts as success; it ends the enrollment. */
  readonly goal?: EventTrigger;
  /**
   * Events that the body waits for. Declared ones are routed from the start and cost nothing; one
   * that is not declared costs a history event at its first wait, and is caught up from the store.
   */
  readonly listens?: readonly (EventName | EventTrigger)[];
  /** Default `'after exit'`: again once the last enrollment run with the same key has ended. */
  readonly reentry?: Reentry;
  /** The most enrollments that may run at a time, over all customers. */
  readonly maxConcurrent?: number;
  /** The most enrollments that may start in an interval; the rest start later, spaced evenly. */
  readonly entryRate?: { readonly count: number; readonly per: Duration };
  /** Which journeys go first when workers are busy: 1 first, 5 last. Default 3. */
  readonly priority?: 1 | 2 | 3 | 4 | 5;
  /** Share of customers, 0 to 1, who pass through but get no marketing message and no task. */
  readonly holdout?: number;
  /**
   * The purpose of sends that name none. A customer who opts out of it on the last channel leaves
   * the journey at once.
   */
  readonly purpose?: JourneyPurpose;
  /** What happens when the body throws a failure: default `'fail'`, the workflow fails visibly. */
  readonly onFailure?:
    'fail' | 'complete' | ((j: Journey, failure: JourneyFailure) => Promise<void>);
  /** Default `'catch up'`: on resume an overdue step runs at once. */
  readonly overdue?: OverduePolicy;
}

/** The events of the triggers in an options type. */
export type TriggerEventOf<O extends JourneyOptions> = EventOf<O['trigger']>;

type EventOf<T> = T extends readonly (infer One)[]
  ? EventOf<One>
  : T extends EventTrigger<infer E>
    ? E & EventName
    : never;

/** True where sends may leave out their purpose. */
export type HasPurpose<O extends JourneyOptions> = O['purpose'] extends string ? true : false;
