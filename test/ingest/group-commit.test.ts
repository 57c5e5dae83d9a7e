import { createGroupCommit } from '../../src/ingest/group-commit';

interface Job {
  readonly name: string;
  readonly weight?: number;
}

function world(run: (jobs: readonly Job[]) => Promise<readonly string[]>) {
  const groups: string[][] = [];
  const commit = createGroupCommit<Job, string>({
    run: (jobs) => {
      groups.push(jobs.map(({ name }) => name));
      return run(jobs);
    },
    weight: ({ weight = 1 }) => weight,
    maxBatchSize: 4,
    maxConcurrent: 1,
    maxQueued: 6,
    refusal: () => new Error('full'),
    isJobError: (error) => (error as Error).message === 'poison',
  });
  return { groups, commit };
}

const named = (jobs: readonly Job[]) => Promise.resolve(jobs.map(({ name }) => `did ${name}`));

it('runs a single job immediately, and jobs that arrive meanwhile as one batch, in order', async () => {
  const { groups, commit } = world(named);
  const results = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => commit({ name })));
  expect(results).toEqual(['did a', 'did b', 'did c', 'did d', 'did e', 'did f']);
  expect(groups).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f']]);
});

it('runs a job that exceeds the maximum weight as its own batch, and rejects jobs when the queue is full', async () => {
  const { groups, commit } = world(named);
  const heavy = [commit({ name: 'a' }), commit({ name: 'huge', weight: 50 })];
  await expect(commit({ name: 'late' })).rejects.toThrow('full');
  expect(await Promise.all(heavy)).toEqual(['did a', 'did huge']);
  expect(groups).toEqual([['a'], ['huge']]);
  expect(await commit({ name: 'after' })).toBe('did after');
});

it('fails no job because of the error of another', async () => {
  const { groups, commit } = world((jobs) => {
    if (jobs.some(({ name }) => name === 'bad')) return Promise.reject(new Error('poison'));
    return named(jobs);
  });
  const results = await Promise.allSettled(['a', 'b', 'bad', 'c'].map((name) => commit({ name })));
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(groups).toEqual([['a'], ['b', 'bad', 'c'], ['b'], ['bad'], ['c']]);
});

it('fails a batch as a whole when no single job can have caused the error, and continues', async () => {
  let down = true;
  const { commit } = world((jobs) => (down ? Promise.reject(new Error('away')) : named(jobs)));
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => commit({ name })));
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  down = false;
  expect(await commit({ name: 'd' })).toBe('did d');
});
