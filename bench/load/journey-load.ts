import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../report/statistics';
import { sharedNow } from '../stage/delivery-report';
import type { Deliveries } from './deliveries';
import { openDoorway, type Door } from './doorway';
import type { Population } from './events';

/**
 * So long after its first message a journey is woken: it must be waiting by then, or its wait would
 * end before it began and cost nothing.
 */
const THINK_MS = 500;

export interface JourneyLoad {
  readonly door: Door;
  /** Each goes through the journey once. */
  readonly population: Population;
  /** Journeys under way at a time. */
  readonly concurrency: number;
}

export interface JourneyResult {
  readonly journeys: number;
  readonly seconds: number;
  /** Milliseconds from the event that ends the wait to the second message. */
  readonly p50: number;
  readonly p99: number;
}

/** Takes each customer through start, first message, event, second message; so many at a time. */
export async function sendJourneyLoad(
  { door, population, concurrency }: JourneyLoad,
  deliveries: Deliveries,
): Promise<JourneyResult> {
  const doorway = openDoorway(door, concurrency);
  const reactions: number[] = [];
  let begun = 0;
  async function lane(): Promise<void> {
    while (begun < population.size) {
      const key = `${population.prefix}${begun++}`;
      const first = deliveries.next(key);
      await doorway.start('journey', key);
      await first;
      await pause(THINK_MS);
      const second = deliveries.next(key);
      const woken = sharedNow();
      await doorway.wake('journey', key);
      reactions.push((await second) - woken);
    }
  }
  const began = sharedNow();
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
  } finally {
    doorway.close();
  }
  return {
    journeys: reactions.length,
    seconds: (sharedNow() - began) / 1000,
    p50: percentile(reactions, 0.5),
    p99: percentile(reactions, 0.99),
  };
}
