import { makeLoad } from '../../faults/load';
import { makeSchedule } from '../../faults/schedule';

const kinds = (seed: number) =>
  makeSchedule(seed, 60_000, 1).map((track) =>
    track
      .map(({ fault }) =>
        fault.kind === 'kill'
          ? `kill ${fault.victim}`
          : fault.kind === 'mail'
            ? `mail ${fault.fault}`
            : fault.kind,
      )
      .toSorted(),
  );

it('is decided by the seed alone', () => {
  expect(makeSchedule(7, 60_000, 2)).toEqual(makeSchedule(7, 60_000, 2));
  expect(makeSchedule(7, 60_000, 2)).not.toEqual(makeSchedule(8, 60_000, 2));
  expect(makeLoad(7, 20)).toEqual(makeLoad(7, 20));
});

it.each([1, 2, 3, 4, 5])('has every fault in each round, with seed %i', (seed) => {
  const [processes, mail, connections] = kinds(seed);
  expect(processes).toEqual([
    'clock',
    'disk',
    'kill api',
    'kill postgres',
    'kill relay',
    'kill temporal',
    'kill worker',
  ]);
  expect(mail).toEqual(['line', 'mail busy', 'mail slow', 'mail strict', 'mail vanishing']);
  expect(connections).toHaveLength(7);
});

it('begins each fault within its time, one after the other', () => {
  for (const track of makeSchedule(3, 60_000, 3)) {
    const times = track.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThan(60_000);
  }
});
