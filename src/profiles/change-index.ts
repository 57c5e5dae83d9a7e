import { FEEDBACK_EVENTS } from '../domain/profile/mood';
import { ORDER_EVENTS } from '../domain/profile/orders';
import { conditionsIn, type Condition, type Segments } from '../domain/segments/condition';
import { isActivity } from './activity';

/** How soon a customer's profile is looked at again: `later` where no segment can change by it. */
export type ChangeWeight = 'urgent' | 'later';

/** What an event may mean to profiles and segments. */
export interface ChangeInWords {
  readonly name: string;
  /** Whether the engine recorded it itself. */
  readonly own: boolean;
  /** Whether it made its customer, or changed their traits, zone or locale. */
  readonly changesCustomer: boolean;
}

/** What ingest asks of the segments: which events they look at. */
export interface ChangeIndex {
  /** @returns undefined where neither a profile nor a segment can change by it */
  weigh(change: ChangeInWords): ChangeWeight | undefined;
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
  const looksAt = (kind: Condition['kind']) => conditions.some((each) => each.kind === kind);
  const traits = new Set<string>();
  for (const condition of conditions) {
    if (condition.kind === 'event') counted.add(condition.event);
    if (condition.kind === 'computed') traits.add(condition.trait);
  }
  const byLifecycle = looksAt('lifecycle');
  const byMood = looksAt('mood');
  const byConsent = looksAt('consent');
  const byChannel = traits.has('favouriteChannel');
  const byActivity = [...traits].some((name) => BY_ACTIVITY.has(name));
  const byOrders =
    byLifecycle ||
    [...traits].some((name) => !BY_ACTIVITY.has(name) && name !== 'favouriteChannel');

  function isUrgent({ name, own, changesCustomer }: ChangeInWords): boolean {
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
    weigh(change) {
      if (isUrgent(change)) return 'urgent';
      const { name, own, changesCustomer } = change;
      const tells =
        changesCustomer ||
        orders.has(name) ||
        feedback.has(name) ||
        reactions.has(name) ||
        isActivity(name, own);
      return tells ? 'later' : undefined;
    },
  };
}
