import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../report/statistics';
import { sharedNow } from '../stage/delivery-report';
import type { Deliveries } from './deliveries';
import { openDoorway, type Door, type Doorway } from './doorway';
import type { Population } from './events';

export interface ReactionLoad {
  readonly door: Door;
  /** Customers who are in the reactor journey. */
  readonly population: Population;
  readonly seconds: number;
  /** Events a second; undefined for as fast as the reactions come, one a customer at a time. */
  readonly rate?: number;
}

export interface ReactionResult {
  readonly reactions: number;
  readonly seconds: number;
  /** Milliseconds from the moment the event was due to be posted to the call of the provider. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** Starts the reactor for each customer, and answers once all have reacted to a first event. */
export async function startReactors(
  { door, population }: Pick<ReactionLoad, 'door' | 'population'>,
  deliveries: Deliveries,
): Promise<void> {
  const doorway = openDoorway(door, 4);
  const waiting = keysOf(population);
  const lane = async () => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      await doorway.start('reactor', key);
      const reacted = deliveries.next(key);
      await doorway.wake('reactor', key);
      await reacted;
    }
  };
  try {
    await Promise.all(Array.from({ length: 4 }, lane));
  } finally {
    doorway.close();
  }
}

export async function sendReactionLoad(
  load: ReactionLoad,
  deliveries: Deliveries,
): Promise<ReactionResult> {
  const doorway = openDoorway(load.door, 64);
  const began = sharedNow();
  try {
    const times = await (load.rate === undefined
      ? closedLoop(load, doorway, deliveries)
      : openLoop({ ...load, rate: load.rate }, doorway, deliveries));
    return {
      reactions: times.length,
      seconds: (sharedNow() - began) / 1000,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      worst: Math.max(...times),
    };
  } finally {
    doorway.close();
  }
}

async function closedLoop(
  { population, seconds }: ReactionLoad,
  doorway: Doorway,
  deliveries: Deliveries,
): Promise<readonly number[]> {
  const times: number[] = [];
  const until = sharedNow() + seconds * 1000;
  const lane = async (key: string) => {
    while (sharedNow() < until) {
      const reacted = deliveries.next(key);
      const woken = sharedNow();
      await doorway.wake('reactor', key);
      times.push((await reacted) - woken);
    }
  };
  await Promise.all(keysOf(population).map(lane));
  return times;
}

/**
 * Posts at a steady rate whatever the answers do. A time counts from the moment at which the event
 * was due, so that a side that stalls is not spared the events it kept from being posted.
 */
async function openLoop(
  { population, seconds, rate }: ReactionLoad & { readonly rate: number },
  doorway: Doorway,
  deliveries: Deliveries,
): Promise<readonly number[]> {
  const keys = keysOf(population);
  const began = sharedNow();
  const reactions = Array.from({ length: Math.round(seconds * rate) }, async (_, at) => {
    const key = keys[at % keys.length] as string;
    const due = began + (at * 1000) / rate;
    await pause(Math.max(0, due - sharedNow()));
    const reacted = deliveries.next(key);
    await doorway.wake('reactor', key);
    return (await reacted) - due;
  });
  return Promise.all(reactions);
}

function keysOf({ prefix, size }: Population): string[] {
  return Array.from({ length: size }, (_, at) => `${prefix}${at}`);
}
