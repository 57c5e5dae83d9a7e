import type { LoadEvent } from '../load';
import type { Findings } from './figures';
import { grouped } from './grouped';
import type { StoredEvent } from './stored';

/** Each accepted event is stored exactly once, under its customer, in the order of acceptance. */
export function proveEvents(
  accepted: ReadonlyMap<string, readonly LoadEvent[]>,
  stored: readonly StoredEvent[],
  findings: Findings,
): void {
  const byMessageId = grouped(stored, ({ messageId }) => messageId);
  for (const [userId, events] of accepted) {
    let before = 0;
    for (const event of events) {
      const what = `${event.name} ${event.messageId}`;
      const [first, ...more] = byMessageId.get(event.messageId) ?? [];
      if (first === undefined) {
        findings.add('lost', `${what} was accepted and is not stored.`);
        continue;
      }
      if (more.length > 0) {
        findings.add('storedTwice', `${what} is stored ${more.length + 1} times.`, more.length);
      }
      if (first.userId !== userId || first.seq === null) {
        findings.add('lost', `${what} of ${userId} is stored for ${first.userId ?? 'nobody'}.`);
        continue;
      }
      if (first.seq <= before) {
        findings.add(
          'outOfOrder',
          `${what} has place ${first.seq}, though ${before} came earlier.`,
        );
      }
      before = Math.max(before, first.seq);
    }
  }
}
