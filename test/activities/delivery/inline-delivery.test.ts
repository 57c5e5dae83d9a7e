import { InlineDelivery } from '../../../src/activities/delivery/inline-delivery';

let elapsed: number;
let inline: InlineDelivery;
const fine = () => false;

beforeEach(() => {
  elapsed = 5_000;
  inline = new InlineDelivery(() => elapsed);
  inline.enable(['email', 'inapp']);
});

const accepted = () => [inline.accepts('email'), inline.accepts('inapp')];

it('accepts only the channels that the process delivers on', () => {
  inline = new InlineDelivery(() => elapsed);
  expect(accepted()).toEqual([false, false]);
  inline.enable(['email']);
  expect(accepted()).toEqual([true, false]);
});

it('accepts at most eight calls in flight per channel', async () => {
  const ends: (() => void)[] = [];
  const calls = Array.from({ length: 8 }, () =>
    inline.call('email', () => new Promise<void>((resolve) => ends.push(resolve)), fine),
  );
  expect(accepted()).toEqual([false, true]);
  ends[0]?.();
  await calls[0];
  expect(accepted()).toEqual([true, true]);
  for (const end of ends) end();
  await Promise.all(calls);
});

it('opens the breaker for 30 seconds after a failed call', async () => {
  await inline.call(
    'email',
    () => Promise.resolve('failed'),
    (outcome) => outcome === 'failed',
  );
  expect(accepted()).toEqual([false, true]);
  elapsed += 29_999;
  expect(accepted()).toEqual([false, true]);
  elapsed += 1;
  expect(accepted()).toEqual([true, true]);
});

it('opens the breaker after a call that threw, and no longer counts it as in flight', async () => {
  for (let call = 0; call < 20; call++) {
    const broken = inline.call('email', () => Promise.reject(new Error('broke')), fine);
    await expect(broken).rejects.toThrow('broke');
    expect(accepted()).toEqual([false, true]);
    elapsed += 30_000;
  }
  expect(accepted()).toEqual([true, true]);
});

it('opens the breaker after a call of more than two seconds', async () => {
  const call = (milliseconds: number) =>
    inline.call('email', () => Promise.resolve((elapsed += milliseconds)), fine);
  await call(2_000);
  expect(accepted()).toEqual([true, true]);
  await call(2_001);
  expect(accepted()).toEqual([false, true]);
});

it('drains calls in flight, up to the timeout', async () => {
  inline = new InlineDelivery(() => performance.now());
  let end: () => void = () => undefined;
  const call = new Promise<void>((resolve) => (end = resolve));
  inline.track(call);
  const begun = performance.now();
  await inline.drain(120);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(119);
  let settled = false;
  const settling = inline.drain(60_000).then(() => (settled = true));
  await new Promise((resolve) => setTimeout(resolve, 70));
  expect(settled).toBe(false);
  end();
  await Promise.all([call, settling]);
  expect(settled).toBe(true);
});

it('never accepts webhooks, whose addresses only `deliver` checks', () => {
  inline.enable(['email', 'webhook']);
  expect(inline.accepts('email')).toBe(true);
  expect(inline.accepts('webhook')).toBe(false);
});

it('allows one trial call after the cool-down, and closes the breaker when it succeeds', async () => {
  const failing = () =>
    inline.call(
      'email',
      () => Promise.resolve(),
      () => true,
    );
  await failing();
  elapsed += 30_000;
  let end: () => void = () => undefined;
  const trial = inline.call('email', () => new Promise<void>((resolve) => (end = resolve)), fine);
  expect(inline.accepts('email')).toBe(false);
  end();
  await trial;
  const calls = [1, 2].map(() => inline.call('email', () => new Promise(() => undefined), fine));
  expect([calls.length, inline.accepts('email')]).toEqual([2, true]);
});

it('is not closed by a call that began before it opened', async () => {
  let end: () => void = () => undefined;
  const early = inline.call('email', () => new Promise<void>((resolve) => (end = resolve)), fine);
  await inline.call(
    'email',
    () => Promise.resolve(),
    () => true,
  );
  end();
  await early;
  expect(inline.accepts('email')).toBe(false);
});
