import { togetherOrOneByOne } from '../db/data-error';

export interface GroupCommitOptions<Job, Result> {
  /** Runs some jobs in one transaction; returns a result per job, in their order. */
  readonly run: (jobs: readonly Job[]) => Promise<readonly Result[]>;
  /** How much of a batch a job takes up. */
  readonly weight: (job: Job) => number;
  /** The most weight of a batch; a heavier job is a batch of its own. */
  readonly maxBatchSize: number;
  /** How many batches run at a time. */
  readonly maxConcurrent: number;
  /** The most weight that may wait; further jobs are refused. */
  readonly maxQueued: number;
  readonly refusal: () => Error;
  /** Whether a single job may have caused the failure of a batch. */
  readonly isJobError: (error: unknown) => boolean;
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly weight: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: jobs that arrive while earlier batches are running wait and form the next batch. So
 * a single job is committed immediately, and under load more jobs share the cost of a transaction.
 * If a batch fails because of one job, its jobs run one by one, so that no job fails because of
 * another.
 */
export function createGroupCommit<Job, Result>(
  options: GroupCommitOptions<Job, Result>,
): (job: Job) => Promise<Result> {
  const { run, maxBatchSize, maxConcurrent, maxQueued } = options;
  const queue: Waiting<Job, Result>[] = [];
  let queued = 0;
  let running = 0;

  function nextBatch(): readonly Waiting<Job, Result>[] {
    let weight = 0;
    let count = 0;
    for (const each of queue) {
      if (count > 0 && weight + each.weight > maxBatchSize) break;
      weight += each.weight;
      count++;
    }
    queued -= weight;
    return queue.splice(0, count);
  }

  function startBatches(): void {
    while (running < maxConcurrent && queue.length > 0) {
      running++;
      void commit(nextBatch()).finally(() => {
        running--;
        startBatches();
      });
    }
  }

  async function commit(batch: readonly Waiting<Job, Result>[]): Promise<void> {
    try {
      await togetherOrOneByOne(
        () => runBatch(batch),
        () => (batch.length === 1 ? [] : batch),
        (each) => runBatch([each]).catch(each.reject),
        options.isJobError,
      );
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function runBatch(batch: readonly Waiting<Job, Result>[]): Promise<void> {
    const results = await run(batch.map(({ job }) => job));
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
  }

  return (job) => {
    const weight = options.weight(job);
    if (queued > 0 && queued + weight > maxQueued) return Promise.reject(options.refusal());
    return new Promise((resolve, reject) => {
      queue.push({ job, weight, resolve, reject });
      queued += weight;
      startBatches();
    });
  };
}
