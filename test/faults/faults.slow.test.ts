import { makeLoad } from '../../faults/load';
import { makeSchedule } from '../../faults/schedule';
import { proofRun } from './proof-run';

const SEED = 1;

it('keeps every promise while everything fails in turn', async () => {
  const faultsMs = 25_000;
  const outcome = await proofRun({
    seed: SEED,
    customers: makeLoad(SEED, 60),
    loadMs: faultsMs,
    tracks: makeSchedule(SEED, faultsMs, 1),
    restMs: 240_000,
    stillMs: 60_000,
  });
  console.log(`${outcome.told}\n${outcome.line}`);
  expect(outcome.sentences).toEqual([]);
  expect(outcome.proven).toBe(true);
}, 600_000);
