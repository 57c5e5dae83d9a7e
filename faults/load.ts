import { seeded, type Random } from './random';

type Properties = Readonly<Record<string, string | number>>;

/** One call that the driver sends, with its own messageId. */
export interface LoadEvent {
  readonly messageId: string;
  readonly userId: string;
  readonly type: 'identify' | 'track';
  /** The event's name; `Identify` for an identify call. */
  readonly name: string;
  readonly properties: Properties;
}

export interface LoadCustomer {
  readonly userId: string;
  readonly email: string;
  /** Whether the customer agrees to offers. */
  readonly subscribed: boolean;
  readonly identify: LoadEvent;
  /** Everything else, in the order in which it is sent. */
  readonly events: readonly LoadEvent[];
}

/** Far longer than any run, so that an event that is sent always arrives in time. */
const LONG_MS = 3_600_000;

/**
 * The customers of a run and their events. A journey waits long only where the event is sent, so that
 * its end does not depend on delays.
 */
export function makeLoad(seed: number, count: number): readonly LoadCustomer[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, at) => makeCustomer(random, `u${at}`));
}

type Draft = readonly [name: string, properties: Properties];

function makeCustomer(random: Random, userId: string): LoadCustomer {
  const email = `${userId}@customers.example`;
  const stories = [
    ...(random.chance(0.6) ? [diary(random, `${userId}-d`)] : []),
    ...Array.from({ length: random.between(0, 2) }, (_, at) => order(random, `${userId}-o${at}`)),
    ...Array.from({ length: random.between(0, 1) }, (_, at) => view(random, `${userId}-p${at}`)),
    [['Page Read', { page_id: 'home' }] as const],
  ];
  let number = 0;
  const event = (type: LoadEvent['type'], name: string, properties: Properties): LoadEvent => {
    return { messageId: `${userId}.${number++}`, userId, type, name, properties };
  };
  return {
    userId,
    email,
    subscribed: random.chance(0.9),
    identify: event('identify', 'Identify', { email }),
    events: interleaved(random, stories).map(([name, properties]) =>
      event('track', name, properties),
    ),
  };
}

function diary(random: Random, diary_id: string): readonly Draft[] {
  const entries = random.between(2, 5);
  return [
    ['Diary Opened', { diary_id, entries }],
    ...Array.from({ length: entries }, (_, at): Draft => [
      'Diary Written',
      { diary_id, number: at + 1 },
    ]),
  ];
}

function order(random: Random, order_id: string): readonly Draft[] {
  const arrives = random.chance(0.5);
  const patience = arrives ? LONG_MS : random.between(1_000, 3_000);
  const completed: Draft = ['Order Completed', { order_id, patience }];
  return [
    completed,
    // The same order sent twice, with another messageId, enters no customer twice.
    ...(random.chance(0.2) ? [completed] : []),
    ...(arrives ? [['Parcel Delivered', { order_id }] as const] : []),
  ];
}

function view(random: Random, product_id: string): readonly Draft[] {
  const end = random.pick(['Offer Taken', 'Interest Lost', undefined]);
  const patience = end === undefined ? random.between(1_000, 3_000) : LONG_MS;
  return [
    ['Product Viewed', { product_id, patience }],
    ...(end === undefined ? [] : [[end, { product_id }] as const]),
  ];
}

/** Interleaves the event sequences of a customer, keeping the order of each. */
function interleaved(random: Random, stories: readonly (readonly Draft[])[]): readonly Draft[] {
  const turns = random.shuffled(stories.flatMap((story, at) => story.map(() => at)));
  const rest = stories.map((story) => [...story]);
  return turns.map((at) => rest[at]?.shift() as Draft);
}
