import { NearDeliveries } from '../../../src/activities/delivery/near-deliveries';

it('has room only on the channels that the process delivers on', () => {
  const near = new NearDeliveries();
  expect(near.hasRoom('email')).toBe(false);
  near.serve(['email']);
  expect([near.hasRoom('email'), near.hasRoom('webhook')]).toEqual([true, false]);
});

it('has none while a slow provider holds its places, and leaves the other channels theirs', async () => {
  const near = new NearDeliveries();
  near.serve(['email', 'webhook']);
  const ends: (() => void)[] = [];
  const calls = Array.from({ length: 16 }, () =>
    near.during('email', () => new Promise<void>((resolve) => ends.push(resolve))),
  );
  expect([near.hasRoom('email'), near.hasRoom('webhook')]).toEqual([false, true]);
  ends[0]?.();
  await calls[0];
  expect(near.hasRoom('email')).toBe(true);
});

it('gives a place back when the call fails', async () => {
  const near = new NearDeliveries();
  near.serve(['email']);
  for (let call = 0; call < 20; call++) {
    await expect(near.during('email', () => Promise.reject(new Error('refused')))).rejects.toThrow(
      'refused',
    );
  }
  expect(near.hasRoom('email')).toBe(true);
});
