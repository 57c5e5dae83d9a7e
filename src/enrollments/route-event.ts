import { durationMs } from '../domain/duration';
import type { RoutedItem } from '../journey/protocol';
import type { EventTrigger } from '../journey/triggers';
import type { RoutedEvent } from '../journey/journey-event';
import type { JourneyIndex } from './journey-index';
import type { StoredEvent } from '../events/stored-event';

/** An enrollment as routing sees it; it changes as the events of one transaction are routed. */
export interface RoutableEnrollment {
  readonly id: string;
  readonly journey: string;
  readonly key: string;
  readonly active: boolean;
  readonly subscriptions: readonly string[];
  readonly goalUntil: Date | null;
  readonly goalReached: boolean;
}

/** The effect of one event on one enrollment. */
export interface Routing {
  /** What to signal. */
  readonly item: RoutedItem | undefined;
  /** Set if the event ends the enrollment. */
  readonly ends: { readonly status: 'completed' | 'exited'; readonly reason: string } | undefined;
  readonly reachesGoal: boolean;
}

/** How long after the entry a goal counts by default. */
const DEFAULT_GOAL_WINDOW = '30 days';

export function goalWindowMs(goal: EventTrigger): number {
  return durationMs(goal.within ?? DEFAULT_GOAL_WINDOW);
}

/**
 * Decides what one event does to one enrollment of the same customer: goals and exits are checked
 * first, then the subscriptions to events, then those to traits. Pure; undefined if the event does
 * not concern the enrollment.
 *
 * @param owner the enrollment whose message the event is about, if it is about one of ours
 * @param changedTraits names of traits that this event changed
 */
export function routeEvent(
  event: StoredEvent & { readonly seq: number },
  enrollment: RoutableEnrollment,
  index: JourneyIndex,
  routed: RoutedEvent,
  owner: string | null,
  changedTraits: readonly string[],
): Routing | undefined {
  const options = index.options(enrollment.journey);
  const goal = options?.goal;
  const reachesGoal =
    goal !== undefined &&
    !enrollment.goalReached &&
    enrollment.goalUntil !== null &&
    event.receivedAt <= enrollment.goalUntil &&
    matches(goal, event, enrollment.key);
  const { seq } = event;
  if (reachesGoal) {
    return enrollment.active
      ? {
          item: { seq, effect: 'goal', event: routed },
          ends: { status: 'completed', reason: `goal: ${event.name}` },
          reachesGoal,
        }
      : { item: undefined, ends: undefined, reachesGoal };
  }
  if (!enrollment.active) return undefined;
  if (options?.exit?.some((exit) => matches(exit, event, enrollment.key)) === true) {
    const reason = `exit event: ${event.name}`;
    return {
      item: { seq, effect: 'exit', event: routed, reason },
      ends: { status: 'exited', reason },
      reachesGoal: false,
    };
  }
  const traits = changedTraits.filter((name) => enrollment.subscriptions.includes(`trait:${name}`));
  const wanted =
    (owner === null || owner === enrollment.id) &&
    isSubscribed(event, enrollment, options?.listens);
  if (!wanted && traits.length === 0) return undefined;
  return {
    item: {
      seq,
      effect: wanted ? 'event' : 'traits',
      ...(wanted && { event: routed }),
      ...(traits.length > 0 && { traits }),
    },
    ends: undefined,
    reachesGoal: false,
  };
}

function isSubscribed(
  event: StoredEvent,
  enrollment: RoutableEnrollment,
  declared: readonly (string | EventTrigger)[] | undefined,
): boolean {
  if (!enrollment.subscriptions.includes(event.name)) return false;
  const conditions = (declared ?? []).filter(
    (item): item is EventTrigger => typeof item !== 'string' && item.event === event.name,
  );
  return conditions.length === 0 || conditions.some((item) => matches(item, event, enrollment.key));
}

/** Whether an event fulfils a condition, for an enrollment of this key. */
function matches(condition: EventTrigger, event: StoredEvent, key: string): boolean {
  if (condition.event !== event.name) return false;
  try {
    if (condition.where !== undefined && !condition.where(event)) return false;
    return condition.key === undefined || condition.key(event) === key;
  } catch {
    // The condition reads a property that is missing, so it is not fulfilled.
    return false;
  }
}
