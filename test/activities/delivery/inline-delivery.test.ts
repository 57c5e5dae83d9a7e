import { InlineDelivery } from '../../../src/activities/delivery/inline-delivery';

let elapsed: number;
let near: InlineDelivery;
const fine = () => false;

beforeEach(() => {
  elapsed = 5_000;
  near = new InlineDelivery(() => elapsed);
  near.serve(['email', 'webhook']);
});

const rooms = () => [near.hasRoom('email'), near.hasRoom('webhook')];

it('has room only on the channels that the process delivers on', () => {
  near = new InlineDelivery(() => elapsed);
  expect(rooms()).toEqual([false, false]);
  near.serve(['email']);
  expect(rooms()).toEqual([true, false]);
});

it('has none while a provider holds its places, and leaves the other channels theirs', async () => {
  const ends: (() => void)[] = [];
  const calls = Array.from({ length: 8 }, () =>
    near.during('email', () => new Promise<void>((resolve) => ends.push(resolve)), fine),
  );
  expect(rooms()).toEqual([false, true]);
  ends[0]?.();
  await calls[0];
  expect(rooms()).toEqual([true, true]);
  for (const end of ends) end();
  await Promise.all(calls);
});

it('leaves a channel half a minute to its own queue after a call that failed', async () => {
  await near.during(
    'email',
    () => Promise.resolve('failed'),
    (outcome) => outcome === 'failed',
  );
  expect(rooms()).toEqual([false, true]);
  elapsed += 29_999;
  expect(rooms()).toEqual([false, true]);
  elapsed += 1;
  expect(rooms()).toEqual([true, true]);
});

it('does so after a call that broke, and gives its place back', async () => {
  for (let call = 0; call < 20; call++) {
    const broken = near.during('email', () => Promise.reject(new Error('broke')), fine);
    await expect(broken).rejects.toThrow('broke');
    expect(rooms()).toEqual([false, true]);
    elapsed += 30_000;
  }
  expect(rooms()).toEqual([true, true]);
});

it('does so after a call that took longer than two seconds', async () => {
  const call = (milliseconds: number) =>
    near.during('email', () => Promise.resolve((elapsed += milliseconds)), fine);
  await call(2_000);
  expect(rooms()).toEqual([true, true]);
  await call(2_001);
  expect(rooms()).toEqual([false, true]);
});

it('waits for what is under way, no longer than it is told', async () => {
  near = new InlineDelivery(() => performance.now());
  let end: () => void = () => undefined;
  const call = new Promise<void>((resolve) => (end = resolve));
  near.track(call);
  const begun = performance.now();
  await near.settled(120);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(119);
  let settled = false;
  const settling = near.settled(60_000).then(() => (settled = true));
  await new Promise((resolve) => setTimeout(resolve, 70));
  expect(settled).toBe(false);
  end();
  await Promise.all([call, settling]);
  expect(settled).toBe(true);
});
