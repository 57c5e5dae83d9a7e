import { setFlagsFromString } from 'node:v8';
import {
  NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createSystemActivities, systemQueue } from '../activities/system';
import type { Services } from '../compose';
import type { ChannelKind } from '../domain/channels/channel-kind';
import { deliveryQueue } from '../journey/protocol';
import { dataConverterOf } from '../privacy/codec-from-keys';
import { workerVersion, type Versioning } from './worker-version';
import { journeyCode, systemCode } from './workflow-code';

export interface WorkersConfig {
  readonly connection: NativeConnection;
  /** The channels to deliver on; by default all that have a provider. */
  readonly channels?: readonly ChannelKind[] | undefined;
  /** False for a process that only delivers. */
  readonly journeys: boolean;
  /** False to leave out the system workflows (schedules, bulk operations, erasures). */
  readonly system?: boolean;
  /** How many enrollments are cached between their steps. Default 500. */
  readonly cachedJourneys?: number;
  /** By default off. */
  readonly versioning?: Versioning;
  /** The journeys' code, bundled before; without it, it is bundled now (some seconds). */
  readonly workflowBundle?: WorkflowBundleOption;
}

export interface RunningWorkers {
  /** The workers that do not run; empty when all do. */
  missing(): readonly string[];
  /** Rejects when a worker ends that was not stopped. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * How many workflow tasks one process handles at a time. More are not done sooner, since one thread
 * writes to Postgres for all of them. And tasks that a worker has taken can no longer be overtaken,
 * while those that wait in Temporal go by priority, and show the relay that the workers are behind.
 */
const MAX_WORKFLOW_TASKS = 16;

/**
 * How many enrollments one process caches between their steps. One that sleeps for days is better
 * rebuilt from its history: each cached one takes 160 kB, which every major garbage collection visits,
 * and meanwhile no journey of this process reacts.
 */
const DEFAULT_CACHED_JOURNEYS = 500;

/**
 * How many frames the stack traces of workflow code have. For each promise of a workflow the SDK
 * captures and formats one, to show where it waits: with Node's ten frames that is a third of the cost
 * of running workflows. Four still reach from a step to the line of the body that called it.
 */
const WORKFLOW_STACK_FRAMES = 4;

/** How long what is in flight may take when a worker is stopped. */
const GRACE_MS = 10_000;

/**
 * Starts the workers of one process: one for journeys, one for system workflows, and one for each
 * provider. Deliveries are not versioned: what they are given outlives every version anyway.
 */
export async function startWorkers(
  services: Services,
  config: WorkersConfig,
): Promise<RunningWorkers> {
  const { namespace, taskQueue } = services;
  const { connection } = config;
  // Applies to contexts created from now on, those of workflows; this one has its limit already.
  setFlagsFromString(`--stack-trace-limit=${WORKFLOW_STACK_FRAMES}`);
  const { app, codec } = services;
  const base = {
    connection,
    namespace,
    shutdownGraceTime: GRACE_MS,
    ...dataConverterOf(codec),
  } satisfies Partial<WorkerOptions>;
  const options: WorkerOptions[] = [];
  const channels = [...(config.channels ?? services.chains.keys())];
  if (config.journeys) {
    const unlimited = (channel: ChannelKind) =>
      services.chains.get(channel)?.every(({ rate }) => rate === undefined) === true;
    services.inline.enable(channels.filter(unlimited));
    const encrypted = codec !== undefined;
    const journeys = await journeyCode(app.workflowsPath, encrypted, config.workflowBundle);
    const system = config.system === false ? undefined : await systemCode(encrypted);
    const all = system === undefined ? [journeys] : [journeys, system];
    const { versioning = {} } = config;
    options.push({
      ...base,
      taskQueue,
      activities: services.engineActivities,
      enableNonLocalActivities: false,
      maxConcurrentWorkflowTaskExecutions: MAX_WORKFLOW_TASKS,
      maxCachedWorkflows: config.cachedJourneys ?? DEFAULT_CACHED_JOURNEYS,
      workflowBundle: journeys.workflowBundle,
      ...workerVersion(versioning, journeys, all),
    });
    if (system !== undefined) {
      options.push({
        ...base,
        taskQueue: systemQueue(taskQueue),
        activities: { ...createSystemActivities(services) },
        workflowBundle: system.workflowBundle,
        ...workerVersion(versioning, system, all),
      });
    }
  }
  for (const provider of channels.flatMap((channel) => services.chains.get(channel) ?? [])) {
    const { channel, name, rate } = provider;
    options.push({
      ...base,
      taskQueue: deliveryQueue(taskQueue, channel, name),
      activities: services.deliveryActivitiesOf(provider),
      ...(rate !== undefined && { maxTaskQueueActivitiesPerSecond: rate }),
    });
  }
  const workers = await Promise.all(options.map((each) => Worker.create(each)));
  let stopping = false;
  const running = workers.map((worker) => worker.run());
  const failed = new Promise<never>((_, reject) => {
    for (const [index, run] of running.entries()) {
      const queue = workers[index]?.options.taskQueue ?? '';
      run.then(
        () => {
          if (!stopping) reject(new Error(`The worker on ${queue} stopped by itself.`));
        },
        (error: unknown) => reject(error as Error),
      );
    }
  });
  failed.catch(() => undefined); // the caller decides what a failure means
  return {
    missing: () =>
      workers
        .filter((worker) => worker.getState() !== 'RUNNING')
        .map((worker) => `worker on ${worker.options.taskQueue}`),
    failed,
    async stop() {
      stopping = true;
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(running);
      await services.inline.drain(2 * GRACE_MS);
    },
  };
}
