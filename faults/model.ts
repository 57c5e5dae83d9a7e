import type { LoadCustomer, LoadEvent } from './load';

/** A mail that a journey is expected to send, by its unique subject. */
export interface ExpectedMail {
  readonly subject: string;
  readonly purpose: 'transactional' | 'marketing';
  /** False where the journey may end before the mail or after it. */
  readonly certain: boolean;
}

/** How an enrollment is expected to end, whatever the order of customers. */
export interface ExpectedEnrollment {
  readonly journey: 'diary' | 'order' | 'interest';
  readonly key: string;
  readonly triggeredBy: string;
  readonly end: string;
  readonly mails: readonly ExpectedMail[];
  /** The events that a diary journey received, in order. */
  readonly seen?: string;
}

/**
 * The expected outcome for a customer by the definition of the journeys in app/journeys.js, computed
 * independently of the engine: from the events in the order in which they were sent.
 */
export function expectedOf(customer: LoadCustomer): readonly ExpectedEnrollment[] {
  const { events, subscribed } = customer;
  const known = new Set<string>();
  return events.flatMap((event, at): readonly ExpectedEnrollment[] => {
    const journey = JOURNEYS[event.name];
    if (journey === undefined) return [];
    const key = String(event.properties[journey.keyedBy]);
    if (known.has(`${journey.name} ${key}`)) return [];
    known.add(`${journey.name} ${key}`);
    const later = events
      .slice(at + 1)
      .filter(({ properties }) => properties[journey.keyedBy] === key);
    const { mails, ...passage } = journey.pass(event, later, key);
    const allowed = mails.filter(({ purpose }) => purpose === 'transactional' || subscribed);
    return [
      { journey: journey.name, key, triggeredBy: event.messageId, mails: allowed, ...passage },
    ];
  });
}

interface JourneyModel {
  readonly name: ExpectedEnrollment['journey'];
  readonly keyedBy: string;
  pass(
    trigger: LoadEvent,
    later: readonly LoadEvent[],
    key: string,
  ): Pick<ExpectedEnrollment, 'end' | 'mails' | 'seen'>;
}

const JOURNEYS: Readonly<Record<string, JourneyModel>> = {
  'Diary Opened': {
    name: 'diary',
    keyedBy: 'diary_id',
    pass(trigger, later) {
      const numbers = later
        .filter(({ name }) => name === 'Diary Written')
        .map(({ properties }) => properties['number'])
        .slice(0, Number(trigger.properties['entries']));
      return { end: 'completed: finished', mails: [], seen: numbers.join(' ') };
    },
  },
  'Order Completed': {
    name: 'order',
    keyedBy: 'order_id',
    pass(_, later, key) {
      const arrives = later.some(({ name }) => name === 'Parcel Delivered');
      return {
        end: 'completed: finished',
        mails: [
          transactional(`Receipt ${key}`),
          arrives ? marketing(`Thanks ${key}`) : transactional(`Sorry ${key}`),
        ],
      };
    },
  },
  'Product Viewed': {
    name: 'interest',
    keyedBy: 'product_id',
    pass(_, later, key) {
      const end = later.find(({ name }) => name === 'Offer Taken' || name === 'Interest Lost');
      const offer = marketing(`Offer ${key}`, end === undefined);
      if (end === undefined) {
        return { end: 'completed: finished', mails: [offer, marketing(`Reminder ${key}`)] };
      }
      return {
        end:
          end.name === 'Offer Taken'
            ? 'completed: goal: Offer Taken'
            : 'exited: exit event: Interest Lost',
        mails: [offer],
      };
    },
  },
};

function transactional(subject: string): ExpectedMail {
  return { subject, purpose: 'transactional', certain: true };
}

function marketing(subject: string, certain = true): ExpectedMail {
  return { subject, purpose: 'marketing', certain };
}
