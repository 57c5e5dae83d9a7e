import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './worker';

// The bare limit of a journey: the same story told to Temporal alone, deciding and storing nothing.

const { deliver } = proxyActivities<BareActivities>({ startToCloseTimeout: '2 minutes' });

export const wake = defineSignal<[event: string]>('wake');

/** An activity, a wait for a signal under a timer, an activity. */
export async function bareJourney(key: string): Promise<void> {
  let woken = false;
  setHandler(wake, () => {
    woken = true;
  });
  await deliver(key);
  await condition(() => woken, '1 day');
  await deliver(key);
}

/** An activity for each signal. */
export async function bareReactor(key: string): Promise<void> {
  let waiting = 0;
  setHandler(wake, () => {
    waiting++;
  });
  while (await condition(() => waiting > 0, '1 day')) {
    waiting--;
    await deliver(key);
  }
}

/** Waits for long, again and again. */
export async function bareParked(): Promise<void> {
  let waiting = 0;
  setHandler(wake, () => {
    waiting++;
  });
  while (await condition(() => waiting > 0, '60 days')) waiting--;
}

/** One activity. */
export async function bareOnce(key: string): Promise<void> {
  await deliver(key);
}

/** Two activities, one after the other. */
export async function bareTwice(key: string): Promise<void> {
  await deliver(key);
  await deliver(key);
}
