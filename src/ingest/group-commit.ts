export interface GroupCommitOptions<Job, Result> {
  /** Does the work of some jobs together; answers each of them, in their order. */
  readonly run: (jobs: readonly Job[]) => Promise<readonly Result[]>;
  /** How much of the room of a group a job takes. */
  readonly weight: (job: Job) => number;
  /** The most weight of one group; a job that is heavier goes alone. */
  readonly maxBatchSize: number;
  /** How many groups are under way at a time. */
  readonly atOnce: number;
  /** The most weight that waits; a job that comes then is refused. */
  readonly maxQueued: number;
  readonly refusal: () => Error;
  /** Whether a failed group may be tried again job by job, because one job alone can be at fault. */
  readonly isJobError: (error: unknown) => boolean;
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly weight: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits jobs in groups: what comes while earlier groups are under way waits, and goes with the
 * next one. So a lone job waits for nobody, and the busier it gets the more jobs share the cost of
 * a transaction. A group that fails for one job's sake is done again job by job, so that no job
 * fails for another's fault.
 */
export function createGroupCommit<Job, Result>(
  options: GroupCommitOptions<Job, Result>,
): (job: Job) => Promise<Result> {
  const { run, maxBatchSize, atOnce, maxQueued } = options;
  const queue: Waiting<Job, Result>[] = [];
  let waiting = 0;
  let underWay = 0;

  function next(): readonly Waiting<Job, Result>[] {
    let weight = 0;
    let count = 0;
    for (const each of queue) {
      if (count > 0 && weight + each.weight > maxBatchSize) break;
      weight += each.weight;
      count++;
    }
    waiting -= weight;
    return queue.splice(0, count);
  }

  function go(): void {
    while (underWay < atOnce && queue.length > 0) {
      underWay++;
      void commit(next()).finally(() => {
        underWay--;
        go();
      });
    }
  }

  async function commit(group: readonly Waiting<Job, Result>[]): Promise<void> {
    try {
      const results = await run(group.map(({ job }) => job));
      for (const [at, each] of group.entries()) each.resolve(results[at] as Result);
    } catch (error) {
      if (group.length === 1 || !options.isJobError(error)) {
        for (const { reject } of group) reject(error);
      } else {
        for (const each of group) await commit([each]);
      }
    }
  }

  return (job) => {
    const weight = options.weight(job);
    if (waiting > 0 && waiting + weight > maxQueued) return Promise.reject(options.refusal());
    return new Promise((resolve, reject) => {
      queue.push({ job, weight, resolve, reject });
      waiting += weight;
      go();
    });
  };
}
