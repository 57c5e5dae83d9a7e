import { setFlagsFromString } from 'node:v8';
import {
  NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createSystemActivities } from '../activities/system';
import type { Services } from '../compose';
import type { ChannelKind } from '../domain/channels/channel-kind';
import { deliveryQueue } from '../journey/protocol';
import { dataConverterOf } from '../privacy/codec-from-keys';
import { journeysOf } from './bundle-workflows';
import { workflowCode } from './workflow-code';

export interface WorkersConfig {
  readonly connection: NativeConnection;
  /** Which deliveries this process carries out; undefined for those of every set-up channel. */
  readonly channels?: readonly ChannelKind[] | undefined;
  /** False for a process that only delivers. */
  readonly journeys: boolean;
  /** False to leave out the system workflows (schedules, bulk operations). */
  readonly system?: boolean;
  /** The most deliveries a second on a channel, over all workers: the provider's rate limit. */
  readonly rates?: Partial<Record<ChannelKind, number>>;
  /** How many passages are kept in memory between their steps; 500 where nothing is said. */
  readonly cachedJourneys?: number;
  /** Workflow code that was bundled before; without it, it is bundled now (some seconds). */
  readonly workflowBundle?: WorkflowBundleOption;
}

export interface RunningWorkers {
  /** What keeps the workers from running; empty when all run. */
  missing(): readonly string[];
  /** Rejects when a worker ends that was not stopped. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * How many workflow tasks one process works on at a time. More are not done sooner, for the process
 * has one thread for what they write to Postgres; but those that a worker has taken cannot be
 * overtaken any more, while those that wait in Temporal go by priority, and tell the relay that the
 * workers are behind.
 */
const WORKFLOW_TASKS_AT_ONCE = 16;

/**
 * How many passages one process keeps in memory between their steps. A passage that sleeps for days
 * is better built anew from its history: each one kept, 160 kB, is gone through by every major
 * collection of memory, during which no journey of this process reacts.
 */
const CACHED_JOURNEYS = 500;

/**
 * How many frames the stacks of workflow code have. The SDK takes and formats one for each promise
 * that a workflow makes, to be able to tell where it waits: with Node's ten frames that is a third
 * of what running workflows costs. Four still reach from a step to the line of the body behind it.
 */
const WORKFLOW_STACK_FRAMES = 4;

const SYSTEM_WORKFLOWS = require.resolve('../system/workflows');

/** How long what is under way may take when a worker is stopped. */
const GRACE_MS = 10_000;

/** Starts the workers of one process: journeys and system workflows, and a worker a channel. */
export async function startWorkers(
  services: Services,
  config: WorkersConfig,
): Promise<RunningWorkers> {
  const { namespace, taskQueue } = services;
  const { connection } = config;
  // For contexts that are made from now on: those of workflows. Our own has taken its limit already.
  setFlagsFromString(`--stack-trace-limit=${WORKFLOW_STACK_FRAMES}`);
  const { codec } = services;
  const base = {
    connection,
    namespace,
    shutdownGraceTime: GRACE_MS,
    ...dataConverterOf(codec),
  } satisfies Partial<WorkerOptions>;
  const failureConverterPath = base.dataConverter?.failureConverterPath;
  const failureConverter = failureConverterPath === undefined ? {} : { failureConverterPath };
  const options: WorkerOptions[] = [];
  const channels = [...(config.channels ?? services.providers.keys())];
  if (config.journeys) {
    services.inline.enable(channels.filter((channel) => config.rates?.[channel] === undefined));
    options.push({
      ...base,
      taskQueue,
      activities: services.engineActivities,
      enableNonLocalActivities: false,
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS_AT_ONCE,
      maxCachedWorkflows: config.cachedJourneys ?? CACHED_JOURNEYS,
      ...(await workflowCode(
        { ...journeysOf(services.app.workflowsPath), ...failureConverter },
        config.workflowBundle,
      )),
    });
  }
  if (config.journeys && config.system !== false) {
    options.push({
      ...base,
      taskQueue: `${taskQueue}.system`,
      ...(await workflowCode({ workflowsPath: SYSTEM_WORKFLOWS, ...failureConverter })),
      activities: {
        ...createSystemActivities(services),
      },
    });
  }
  for (const channel of channels) {
    const rate = config.rates?.[channel];
    options.push({
      ...base,
      taskQueue: deliveryQueue(taskQueue, channel),
      activities: services.deliveryActivities,
      ...(rate !== undefined && { maxTaskQueueActivitiesPerSecond: rate }),
    });
  }
  const workers = await Promise.all(options.map((each) => Worker.create(each)));
  let stopping = false;
  const running = workers.map((worker) => worker.run());
  const failed = new Promise<never>((_, reject) => {
    for (const [at, run] of running.entries()) {
      const queue = workers[at]?.options.taskQueue ?? '';
      run.then(
        () => {
          if (!stopping) reject(new Error(`The worker on ${queue} stopped by itself.`));
        },
        (error: unknown) => reject(error as Error),
      );
    }
  });
  failed.catch(() => undefined); // whoever starts workers decides what a failure means
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
