import { ApplicationFailure } from '@temporalio/workflow';
import {
  defineJourney,
  on,
  onRequest,
  onSchedule,
  onSegmentEntered,
  onSegmentLeft,
  type Journey,
} from '../../src/journey';

/** Journeys for tests: each one demonstrates one guarantee of the engine. */

const hello = { via: ['email'], props: { topic: 'offers' } } as const;

/** Records a result where the test can read it. */
const note = (j: Pick<Journey, 'setTraits'>, what: unknown) =>
  j.setTraits({ lifecycle: JSON.stringify(what ?? null) });

export const sendWaitSend = defineJourney(
  { trigger: onRequest(), listens: ['Message Clicked'], purpose: 'offers' },
  async (j) => {
    const sent = await j.send('subscription-welcome', hello);
    await j.waitFor('Message Clicked', { of: sent, timeout: '3 days' });
    await j.send('subscription-welcome', hello);
  },
);

/** The same without declaring the events that it waits for. */
export const sendWaitSendUndeclared = defineJourney(
  { trigger: onRequest(), purpose: 'offers' },
  async (j) => {
    const sent = await j.send('subscription-welcome', hello);
    await j.waitFor('Message Clicked', { of: sent, timeout: '3 days' });
    await j.send('subscription-welcome', hello);
  },
);

export const sleeper = defineJourney(
  {
    trigger: on('Cart Updated', { key: (e) => e.properties.cart_id }),
    exit: [on('Cart Emptied', { key: (e) => e.properties.cart_id })],
    goal: on('Order Completed', { within: '10 days' }),
    purpose: 'offers',
  },
  async (j) => {
    await j.sleep('3 days');
    await j.send('subscription-welcome', hello);
  },
);

const twoSends = async (j: Pick<Journey<never, true>, 'sleep' | 'send'>) => {
  await j.sleep('2 days');
  await j.send('subscription-welcome', hello);
  await j.sleep('2 days');
  await j.send('subscription-welcome', hello);
};

export const overdueCatchUp = defineJourney({ trigger: onRequest(), purpose: 'offers' }, twoSends);
export const overdueSkip = defineJourney(
  { trigger: onRequest(), purpose: 'offers', overdue: 'skip' },
  twoSends,
);
export const overdueShift = defineJourney(
  { trigger: onRequest(), purpose: 'offers', overdue: 'shift' },
  twoSends,
);

/** Returns the results of all edge cases of waiting. */
export const edges = defineJourney({ trigger: onRequest() }, async (j) => {
  const skipped = await j.send('subscription-welcome', { ...hello, purpose: 'newsletter' });
  const results = {
    zeroSleep: await j.sleep(0),
    negativeSleep: await j.sleep(-5),
    pastDate: await j.sleepUntil(new Date(0)),
    unsetTrait: await j.sleepUntil({ trait: 'appointment_at' }),
    zeroTimeout: (await j.waitFor('Order Completed', { timeout: 0 })) ?? 'nothing',
    emptyWait: (await j.waitFor([], { timeout: '1 hour' })) ?? 'nothing',
    ofUnsent: (await j.waitFor('Message Clicked', { of: skipped, timeout: '9 days' })) ?? 'nothing',
    longWait: (await j.waitFor('Order Completed', { timeout: '400 days' })) ?? 'nothing',
  };
  await note(j, results);
});

export const tooLong = defineJourney({ trigger: onRequest() }, async (j) => {
  await j.sleep('11 years');
});

export const emptyWait = defineJourney({ trigger: onRequest() }, async (j) => {
  await j.waitFor([]);
});

/** Events that arrive during a sleep are buffered in order. */
export const keepsEvents = defineJourney(
  { trigger: onRequest(), listens: ['Application Opened', 'Product Viewed'] },
  async (j) => {
    await j.sleep('1 day');
    const seen: unknown[] = [];
    for (;;) {
      const event = await j.waitFor(['Application Opened', 'Product Viewed'], { timeout: 0 });
      if (!event) break;
      seen.push(event.name === 'Product Viewed' ? event.properties['product_id'] : 'opened');
    }
    await note(j, seen);
  },
);

/** Waits for an event that may have occurred before. */
export const asksLate = defineJourney({ trigger: onRequest() }, async (j) => {
  await j.sleep('1 day');
  const opened = await j.waitFor('Application Opened', { timeout: '1 hour' });
  await note(j, opened ? 'opened before it looked' : 'missed');
});

export const resets = defineJourney(
  { trigger: onRequest(), listens: ['Product Viewed'] },
  async (j) => {
    const began = await j.now();
    await j.waitFor([], { timeout: '4 hours', resetOn: 'Product Viewed' });
    await note(j, Math.round(((await j.now()) - began) / 3_600_000));
  },
);

export const movingDate = defineJourney({ trigger: onRequest(), purpose: 'offers' }, async (j) => {
  const slept = await j.sleepUntil({ trait: 'appointment_at', offset: '-1 day' });
  await note(j, { slept, at: new Date(await j.now()).toISOString() });
});

export const choosesWays = defineJourney({ trigger: onRequest() }, async (j) => {
  const arm = await j.experiment('cart-reminder');
  const way = await j.split('way', { left: 1, right: 1 });
  const calls = await j.flag('consultation-calls');
  const traits = await j.read();
  await note(j, { arm, way, calls, traits });
});

export const sendsArms = defineJourney({ trigger: onRequest(), purpose: 'offers' }, async (j) => {
  await j.experiment('cart-reminder');
  await j.send('subscription-welcome', hello);
  await j.flag('consultation-calls');
  await j.send('subscription-welcome', hello);
  await j.send('subscription-welcome', hello);
});

export const enrollsAnother = defineJourney({ trigger: onRequest() }, async (j) => {
  const first = await j.enroll('sleepsLong', { key: 'k' });
  const again = await j.enroll('sleepsLong', { key: 'k' });
  const unknown = await j.enroll('nobody knows it');
  await j.track('Application Opened', {});
  await note(j, [first, again, unknown]);
});

export const sleepsLong = defineJourney(
  { trigger: onRequest(), purpose: 'offers', listens: ['Application Opened'] },
  async (j) => {
    await j.sleep('30 days');
  },
);

export const asksAPerson = defineJourney({ trigger: onRequest() }, async (j) => {
  const call = await j.task('call', { title: 'Call them', timeout: '3 days' });
  await note(j, call);
});

const breaks = async (j: Pick<Journey, 'step'>) => {
  await j.step('break', () =>
    Promise.reject(ApplicationFailure.nonRetryable('the bank said no', 'BankError')),
  );
};

export const failsVisibly = defineJourney({ trigger: onRequest() }, breaks);
export const completesOnFailure = defineJourney(
  { trigger: onRequest(), onFailure: 'complete' },
  breaks,
);
export const handlesFailure = defineJourney(
  { trigger: onRequest(), onFailure: (j, failure) => note(j, failure) },
  breaks,
);

export const exitsItself = defineJourney({ trigger: onRequest() }, async (j) => {
  await j.exit('nothing to say');
});

/** A body that catches everything must not outlive its enrollment. */
export const catchesEverything = defineJourney(
  { trigger: on('Cart Updated'), exit: [on('Cart Emptied')] },
  async (j) => {
    for (;;) {
      try {
        await j.sleep('1 day');
        await note(j, 'still here');
      } catch {
        // continues, as a badly written body does
      }
    }
  },
);

/** An endless loop that counts, over many runs, without code for continue-as-new. */
export const endless = defineJourney(
  { trigger: onRequest(), listens: ['Product Viewed', 'Order Completed'] },
  async (j) => {
    let seen = 0;
    const way = await j.split('way', { left: 1, right: 1 });
    for (;;) {
      const event = await j.waitFor(['Product Viewed', 'Order Completed']);
      if (event?.name === 'Order Completed') break;
      seen += 1;
    }
    await note(j, { seen, way, kept: await j.split('way', { left: 1, right: 1 }) });
  },
);

export const heldOut = defineJourney(
  { trigger: onRequest(), purpose: 'offers', holdout: 1 },
  async (j) => {
    const sent = await j.send('subscription-welcome', hello);
    const call = await j.task('call', { title: 'Call them' });
    const must = await j.send('subscription-welcome', { ...hello, purpose: 'transactional' });
    await note(j, [sent.reason, call.outcome, must.outcome]);
  },
);

export const twoAtMost = defineJourney(
  { trigger: onRequest(), maxConcurrent: 2, reentry: 'after exit' },
  async (j) => {
    await j.sleep('1 day');
  },
);

export const oneAnHour = defineJourney(
  { trigger: onRequest(), entryRate: { count: 1, per: '1 hour' } },
  async (j) => {
    await note(j, new Date(await j.now()).toISOString());
  },
);

const sendsOnce = (purpose: 'offers' | 'transactional') =>
  defineJourney({ trigger: onRequest() }, async (j) => {
    const sent = await j.send('subscription-welcome', { ...hello, purpose });
    await note(j, [sent.outcome, sent.reason]);
  });

export const marketingOnce = sendsOnce('offers');
export const transactionalOnce = sendsOnce('transactional');
export const marketingLater = sendsOnce('offers');
export const transactionalLater = sendsOnce('transactional');

export const sendsUntilCancelled = defineJourney(
  { trigger: on('Checkout Started'), exit: [on('Order Cancelled')], purpose: 'offers' },
  async (j) => {
    await j.send('subscription-welcome', hello);
  },
);

/** Two concurrent steps: later runs must take the branch of the faster one. */
export const races = defineJourney(
  { trigger: onRequest(), listens: ['Product Viewed', 'Order Completed'] },
  async (j) => {
    const slow = j.sleep('2 seconds').then(() => 'slow');
    const quick = j.sleep('1 second').then(() => 'quick');
    const winner = await Promise.race([slow, quick]);
    await Promise.all([slow, quick]);
    let seen = 0;
    for (;;) {
      const event = await j.waitFor(['Product Viewed', 'Order Completed']);
      if (event?.name === 'Order Completed') break;
      seen += 1;
    }
    await note(j, { winner, seen });
  },
);

/** Ends when its customer leaves the segment. */
export const whileKeen = defineJourney(
  {
    trigger: onSegmentEntered('keenWithoutPush'),
    exit: [onSegmentLeft('keenWithoutPush')],
  },
  async (j) => {
    await note(j, { entered: j.event.properties.segment });
    await j.sleep('2 years');
  },
);

export const asksSegments = defineJourney({ trigger: onRequest() }, async (j) => {
  await note(j, [await j.inSegment('keenWithoutPush'), await j.inSegment('leftACart')]);
});

export const keenOnMondays = defineJourney(
  { trigger: onSchedule('0 9 * * MON', { segment: 'keenWithoutPush' }) },
  async (j) => {
    await j.sleep('1 day');
  },
);
