import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

export interface WaitingActivities {
  greet(name: string): Promise<string>;
}

const nameGiven = defineSignal<[string]>('nameGiven');

const { greet } = proxyActivities<WaitingActivities>({ startToCloseTimeout: '1 minute' });

/** An activity, a wait, an activity: what a journey is made of. */
export async function waitForName(first: string): Promise<readonly string[]> {
  let name: string | undefined;
  setHandler(nameGiven, (given) => void (name = given));
  const before = await greet(first);
  await condition(() => name !== undefined, '1 hour');
  return [before, await greet(name ?? 'nobody')];
}
