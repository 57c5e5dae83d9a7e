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
  /** Maximum number of cached workflows. Default 500. */
  readonly cachedJourneys?: number;
  /** By default off. */
  readonly versioning?: Versioning;
  /** The bundled code of the journeys; by default it is bundled now (some seconds). */
  readonly workflowBundle?: WorkflowBundleOption;
}

export interface RunningWorkers {
  /** The workers that are not running. */
  missing(): readonly string[];
  /** Rejects if a worker ends without `stop`. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Maximum number of concurrent workflow tasks. More would not be faster, since one thread writes to
 * Postgres for all of them. Tasks that wait in Temporal instead are ordered by priority, and their
 * backlog shows the relay that the workers are behind.
 */
const MAX_WORKFLOW_TASKS = 16;

/**
 * Maximum number of cached workflows. An enrollment that sleeps for days is better rebuilt from its
 * history: each cached one takes 160 kB, which prolongs major garbage collections, and these block all
 * journeys of the process.
 */
const DEFAULT_CACHED_JOURNEYS = 500;

/**
 * Number of frames in stack traces of workflow code. The SDK captures a stack trace for each promise of
 * a workflow; with Node's default of ten frames that is a third of the CPU time of workflows. Four
 * frames still include the line of the body that called a step.
 */
const WORKFLOW_STACK_FRAMES = 4;

/** How long activities and tasks in flight may take when a worker is stopped. */
const GRACE_MS = 10_000;

/**
 * Starts the workers of one process: one for journeys, one for system workflows, and one for each
 * provider. Deliveries are not versioned: their inputs outlive every version anyway.
 */
export async function startWorkers(
  services: Services,
  config: WorkersConfig,
): Promise<RunningWorkers> {
  const { namespace, taskQueue } = services;
  const { connection } = config;
  // Applies only to contexts created from now on, which are those of workflows.
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
          if (!stopping) reject(new Error(`The worker on ${queue} stopped unexpectedly.`));
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
