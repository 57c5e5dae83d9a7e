import type { Duration } from '../domain/duration';
import type { Reentry } from '../domain/enrollment/entry-rules';
import type { EventTrigger, Trigger } from './triggers';
import type { EventName, JourneyPurpose } from './register';
import type { Journey } from './journey';

/**
 * What to do on resume with a step that fell due while the enrollment was paused: skip it, run it
 * immediately, or shift all deadlines by the length of the pause.
 *
 * @example
 * export const patient = defineJourney({ trigger: onRequest(), overdue: 'shift' }, async (j) => {
 *   await j.sleep('1 day');
 * });
 */
export type OverduePolicy = 'skip' | 'catch up' | 'shift';

/**
 * A failure that ended the body, as `onFailure` receives it.
 *
 * @example
 * const isTimeout = (failure: JourneyFailure) => failure.type === 'TimeoutFailure';
 */
export interface JourneyFailure {
  readonly type: string;
  readonly message: string;
}

/**
 * When customers enter and leave a journey, and the options of all its enrollments.
 *
 * @example
 * const options = {
 *   trigger: on('Cart Updated', { key: (e) => e.properties.cart_id }),
 *   goal: on('Order Completed', { within: '7 days' }),
 *   exit: [on('Cart Emptied', { key: (e) => e.properties.cart_id })],
 *   reentry: { after: '1 day' },
 *   purpose: 'offers',
 *   holdout: 0.05,
 * } satisfies JourneyOptions;
 */
export interface JourneyOptions {
  readonly trigger: Trigger | readonly Trigger[];
  /** Events that end the enrollment immediately, even during a sleep. */
  readonly exit?: readonly EventTrigger[];
  /** The event that ends the enrollment as a success. */
  readonly goal?: EventTrigger;
  /**
   * Events that the body waits for. A declared one is routed from the start of the enrollment. One
   * that is not declared costs a history event at its first wait, which also reads missed events.
   */
  readonly listens?: readonly (EventName | EventTrigger)[];
  /** Default `'after exit'`: again once the last enrollment with the same key has ended. */
  readonly reentry?: Reentry;
  /** Maximum number of active enrollments, across all customers. */
  readonly maxConcurrent?: number;
  /** Maximum number of enrollments that start in an interval; the others start later, evenly spaced. */
  readonly entryRate?: { readonly count: number; readonly per: Duration };
  /** Which journeys run first when workers are busy: 1 is the highest, 5 the lowest. Default 3. */
  readonly priority?: 1 | 2 | 3 | 4 | 5;
  /** Share of customers, 0 to 1, who run through the journey without marketing messages and tasks. */
  readonly holdout?: number;
  /**
   * The purpose of sends that name none. A customer who opts out of it on their last channel leaves
   * the journey immediately.
   */
  readonly purpose?: JourneyPurpose;
  /** What happens when the body throws a failure. Default `'fail'`: the workflow fails. */
  readonly onFailure?:
    'fail' | 'complete' | ((j: Journey, failure: JourneyFailure) => Promise<void>);
  /** Default `'catch up'`: on resume an overdue step runs immediately. */
  readonly overdue?: OverduePolicy;
}

/** The names of the events among the triggers. */
export type TriggerEventOf<O extends JourneyOptions> = EventOf<O['trigger']>;

type EventOf<T> = T extends readonly (infer One)[]
  ? EventOf<One>
  : T extends EventTrigger<infer E>
    ? E & EventName
    : never;

/** True where sends may omit their purpose. */
export type HasPurpose<O extends JourneyOptions> = O['purpose'] extends string ? true : false;
