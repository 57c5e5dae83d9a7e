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

/** Waits for long. */
export async function bareParked(): Promise<void> {
  let woken = false;
  setHandler(wake, () => {
    woken = true;
  });
  await condition(() => woken, '60 days');
}
