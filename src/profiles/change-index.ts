import { FEEDBACK_EVENTS } from '../domain/profile/mood';
import { ORDER_EVENTS } from '../domain/orders/order-event';
import { conditionsIn, type Condition, type Segments } from '../domain/segments/condition';
import { isActivity } from '../events/activity';

/** How soon a customer's profile is recomputed: `later` if no segment can change. */
export type ChangePriority = 'urgent' | 'later';

/** The properties of an event that the index uses. */
export interface EventSummary {
  readonly name: string;
  /** Whether the engine recorded it. */
  readonly own: boolean;
  /** Whether it created its customer, or changed their traits, zone or locale. */
  readonly changesCustomer: boolean;
}

/** Determines which events can change a profile or a segment. */
export interface ChangeIndex {
  /** @returns undefined if the event can change neither a profile nor a segment */
  priorityOf(event: EventSummary): ChangePriority | undefined;
}

const orders: ReadonlySet<string> = new Set(ORDER_EVENTS);
const feedback: ReadonlySet<string> = new Set(FEEDBACK_EVENTS);
const reactions: ReadonlySet<string> = new Set(['Message Opened', 'Message Clicked']);
const BY_ACTIVITY: ReadonlySet<string> = new Set([
  'firstSeen',
  'lastSeen',
  'sessions',
  'preferredHour',
]);

export function indexChanges(segments: Segments): ChangeIndex {
  const conditions = Object.values(segments).flatMap(({ where }) => [...conditionsIn(where)]);
  const counted = new Set<string>();
  const usesKind = (kind: Condition['kind']) => conditions.some((each) => each.kind === kind);
  const traits = new Set<string>();
  for (const condition of conditions) {
    if (condition.kind === 'event') counted.add(condition.event);
    if (condition.kind === 'computed') traits.add(condition.trait);
  }
  const byLifecycle = usesKind('lifecycle');
  const byMood = usesKind('mood');
  const byConsent = usesKind('consent');
  const byChannel = traits.has('favouriteChannel');
  const byActivity = [...traits].some((name) => BY_ACTIVITY.has(name));
  const byOrders =
    byLifecycle ||
    [...traits].some((name) => !BY_ACTIVITY.has(name) && name !== 'favouriteChannel');

  function isUrgent({ name, own, changesCustomer }: EventSummary): boolean {
    return (
      counted.has(name) ||
      (changesCustomer && conditions.length > 0) ||
      (byOrders && orders.has(name)) ||
      (byMood && feedback.has(name)) ||
      (byConsent && name === 'Consent Changed') ||
      (byChannel && reactions.has(name)) ||
      (byActivity && isActivity(name, own))
    );
  }

  return {
    priorityOf(event) {
      if (isUrgent(event)) return 'urgent';
      const { name, own, changesCustomer } = event;
      const changesProfile =
        changesCustomer ||
        orders.has(name) ||
        feedback.has(name) ||
        reactions.has(name) ||
        isActivity(name, own);
      return changesProfile ? 'later' : undefined;
    },
  };
}
