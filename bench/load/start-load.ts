import { setTimeout as pause } from 'node:timers/promises';
import { sharedNow } from '../stage/delivery-report';
import type { Deliveries } from './deliveries';
import { openDoorway, startKindOf, type Door, type Story } from './doorway';
import { batchOf, trackCall, type Population } from './events';
import { createSender, sendOrThrow } from './http-sender';

export interface StartLoad {
  readonly door: Door;
  readonly story: Story;
  readonly population: Population;
  readonly concurrency: number;
  /** How many messages of each are waited for before the next is started. */
  readonly deliveries: number;
  /** No more are started after so long. */
  readonly seconds?: number;
}

export interface StartResult {
  readonly started: number;
  readonly seconds: number;
}

/** Starts a journey for each customer, so many calls at a time. */
export async function startAll(load: StartLoad, deliveries: Deliveries): Promise<StartResult> {
  const { door, story, population, concurrency } = load;
  const doorway = openDoorway(door, concurrency);
  const began = sharedNow();
  const last = began + (load.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  let started = 0;
  const lane = async () => {
    while (started < population.size && sharedNow() < last) {
      const key = `${population.prefix}${started++}`;
      const delivered = Array.from({ length: load.deliveries }, () => deliveries.next(key));
      await doorway.start(story, key);
      await Promise.all(delivered);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
  } finally {
    doorway.close();
  }
  return { started, seconds: (sharedNow() - began) / 1000 };
}

/** Wakes each customer's journey once, so many calls at a time. */
export async function wakeAll(load: StartLoad): Promise<StartResult> {
  const { door, story, population, concurrency } = load;
  const doorway = openDoorway(door, concurrency);
  const began = sharedNow();
  let woken = 0;
  const lane = async () => {
    while (woken < population.size) await doorway.wake(story, `${population.prefix}${woken++}`);
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
  } finally {
    doorway.close();
  }
  return { started: woken, seconds: (sharedNow() - began) / 1000 };
}

/**
 * Posts the starting event of each customer in batches, as an import or a campaign does. A door that
 * asks for patience (429) gets the batch again after the time it names.
 */
export async function startInBatches(
  load: Pick<StartLoad, 'door' | 'story' | 'population'>,
): Promise<StartResult> {
  const { door, story, population } = load;
  const sender = createSender(door, 4);
  const kind = startKindOf(story);
  const began = sharedNow();
  try {
    for (let at = 0; at < population.size; at += 100) {
      const size = Math.min(100, population.size - at);
      const keys = Array.from({ length: size }, (_, each) => `${population.prefix}${at + each}`);
      const body = batchOf(keys.map((key) => trackCall(kind, key)));
      const { status } = await sender.send('/v1/batch', body);
      if (status === 200) continue;
      if (status !== 429) await sendOrThrow(sender, '/v1/batch', body);
      else {
        await pause(1_000);
        at -= 100;
      }
    }
  } finally {
    sender.close();
  }
  return { started: population.size, seconds: (sharedNow() - began) / 1000 };
}
