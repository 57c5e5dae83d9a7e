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

/** A decision that writes an attempt down when it is asked first, and finds it afterwards. */
function decidedOnce(): () => Promise<Claimed> {
  let asked = 0;
  return () => Promise.resolve(asked++ === 0 ? { result, attempt } : { result });
}

function asking(decide: () => Promise<Claimed>) {
  const ends: ((attempted: ExecutedAttempt) => void)[] = [];
  const givenBack: string[] = [];
  const inline = new InlineDelivery(() => performance.now());
  inline.enable(['email']);
  const ask = createSend(decide, {
    inline,
    clock: { now: () => NOW },
    logger: createLogger('silent'),
    attempts: {
      execute: () => new Promise((resolve) => ends.push(resolve)),
      next: () => Promise.reject(new Error('Nobody asks for a next attempt here.')),
      releaseClaim: (messageId) => Promise.resolve(void givenBack.push(messageId)),
      getStatus: () => Promise.resolve({ status: 'sending', error: null }),
    },
  });
  return { ask: () => ask(INPUT), ends, inline, givenBack };
}

it('joins the attempt that is under way when it is asked again, and calls nobody twice', async () => {
  const { ask, ends } = asking(decidedOnce());
  const first = ask();
  const second = ask();
  await new Promise((resolve) => setImmediate(resolve));
  ends[0]?.(SENT);
  expect(await first).toEqual({ ...result, delivered: { status: 'sent' } });
  expect(await second).toEqual({ ...result, delivered: { status: 'sent' } });
  expect(ends).toHaveLength(1);
  // It is over, so what became of it stands in the record alone.
  expect(await ask()).toEqual(result);
});

it('lets go of an attempt that takes long, and says alike until when it may go on', async () => {
  const { ask, ends, inline } = asking(decidedOnce());
  const until = NOW.getTime() + 120_000;
  expect(await ask()).toEqual({ ...result, after: { underWayUntil: until } });
  expect(inline.accepts('email')).toBe(false);
  expect(await ask()).toEqual({ ...result, after: { underWayUntil: until } });
  const settled = inline.drain(60_000);
  ends[0]?.(SENT);
  await settled;
  expect(ends).toHaveLength(1);
});

it('calls nobody after a decision that took so long that it may have been asked for again', async () => {
  let elapsed = 0;
  const now = jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
  try {
    const decide = decidedOnce();
    const { ask, ends, givenBack } = asking(() => {
      elapsed += 10_001;
      return decide();
    });
    expect(await ask()).toEqual(result);
    expect([ends.length, givenBack]).toEqual([0, ['m']]);
  } finally {
    now.mockRestore();
  }
});
