import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is true. @throws {Error} when it is not within the time */
export async function until(
  what: string,
  probe: () => Promise<boolean>,
  { seconds, everyMs = 50 }: { readonly seconds: number; readonly everyMs?: number },
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain for: ${what}.`);
    await pause(everyMs);
  }
}
