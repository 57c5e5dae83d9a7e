import type { Claimed } from '../../../src/activities/sending/decide-and-claim';
import type { ExecutedAttempt } from '../../../src/activities/delivery/attempt';
import type { BegunAttempt } from '../../../src/activities/delivery/begin-attempt';
import { createSend } from '../../../src/activities/sending/send';
import { InlineDelivery } from '../../../src/activities/delivery/inline-delivery';
import type { SendInput } from '../../../src/journey/engine-activities';
import { createLogger } from '../../../src/logger';

const NOW = new Date('2026-11-22T12:00:00Z');
const INPUT = { decisionId: 'd' } as SendInput;
const SENT: ExecutedAttempt = { do: 'answer', result: { status: 'sent' } };
const result = { do: 'send', messageId: 'm', channel: 'email', provider: 'smtp' } as const;
const attempt = {
  do: 'call',
  number: 1,
  provider: { channel: 'email' },
  message: { id: 'm' },
} as BegunAttempt;

/** A decision whose first call records an attempt; later calls find it. */
function claimOnce(): () => Promise<Claimed> {
  let calls = 0;
  return () => Promise.resolve(calls++ === 0 ? { result, attempt } : { result });
}

function createSender(decide: () => Promise<Claimed>) {
  const ends: ((attempted: ExecutedAttempt) => void)[] = [];
  const released: string[] = [];
  const inline = new InlineDelivery(() => performance.now());
  inline.enable(['email']);
  const send = createSend(decide, {
    inline,
    clock: { now: () => NOW },
    logger: createLogger('silent'),
    attempts: {
      execute: () => new Promise((resolve) => ends.push(resolve)),
      next: () => Promise.reject(new Error('Unexpected call of next.')),
      releaseClaim: (messageId) => Promise.resolve(void released.push(messageId)),
      getStatus: () => Promise.resolve({ status: 'sending', error: null }),
    },
  });
  return { send: () => send(INPUT), ends, inline, released };
}

it('joins the attempt in flight when it is retried, and calls the provider once', async () => {
  const { send, ends } = createSender(claimOnce());
  const first = send();
  const second = send();
  await new Promise((resolve) => setImmediate(resolve));
  ends[0]?.(SENT);
  expect(await first).toEqual({ ...result, delivered: { status: 'sent' } });
  expect(await second).toEqual({ ...result, delivered: { status: 'sent' } });
  expect(ends).toHaveLength(1);
  // The attempt has ended, so its outcome is only in the database.
  expect(await send()).toEqual(result);
});

it('returns during a slow attempt, with the time until which it may run', async () => {
  const { send, ends, inline } = createSender(claimOnce());
  const until = NOW.getTime() + 120_000;
  expect(await send()).toEqual({ ...result, after: { underWayUntil: until } });
  expect(inline.accepts('email')).toBe(false);
  expect(await send()).toEqual({ ...result, after: { underWayUntil: until } });
  const settled = inline.drain(60_000);
  ends[0]?.(SENT);
  await settled;
  expect(ends).toHaveLength(1);
});

it('makes no attempt after a decision that took so long that it may have been retried', async () => {
  let elapsed = 0;
  const now = jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
  try {
    const decide = claimOnce();
    const { send, ends, released } = createSender(() => {
      elapsed += 10_001;
      return decide();
    });
    expect(await send()).toEqual(result);
    expect([ends.length, released]).toEqual([0, ['m']]);
  } finally {
    now.mockRestore();
  }
});
