import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { compose, DEFAULT_TASK_QUEUE, type Services, type ServiceOptions } from '../compose';
import type { Clock } from '../domain/clock';
import type { Duration } from '../domain/duration';
import { startOutboxRelay, startProjector } from '../roles/relay';
import { startWorkers } from '../roles/start-workers';

export interface SystemOptions {
  /** Everything but the clock, which is the server's. */
  readonly services: Omit<ServiceOptions, 'clock' | 'temporal'>;
  /** Workflow code that was bundled before; without it, it is bundled now (some seconds). */
  readonly workflowBundle?: WorkflowBundleOption;
}

export interface SkippedSystemOptions extends SystemOptions {
  /** Path of the time-skipping test server's binary. */
  readonly serverBinary: string;
}

/** The engine on a clock that skips: relay, workers and services, without its HTTP API. */
export interface SkippedSystem {
  readonly env: TestWorkflowEnvironment;
  readonly client: Client;
  readonly services: Services;
  readonly clock: Clock;
  readonly taskQueue: string;
  /** Lets time pass: timers fire in their order, and what they cause is done before it returns. */
  pass(duration: Duration): Promise<void>;
  /** Waits until profiles and segments are up to date, and what is due has reached Temporal. */
  relayed(): Promise<void>;
  stop(): Promise<void>;
}

const REFRESH_MS = 100;
/** How long the server may take for one pass, in real time, before it is held to be stuck. */
const PASS_PATIENCE_MS = 90_000;
const RELAY_PATIENCE_MS = 60_000;

/** Starts the engine on a time-skipping server, against a migrated database. */
export async function startSkippedSystem(options: SkippedSystemOptions): Promise<SkippedSystem> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: options.serverBinary } },
  });
  return startSystemOn(env, options);
}

/** Starts the engine on a test environment of the caller's, which the system's stop tears down. */
export async function startSystemOn(
  env: TestWorkflowEnvironment,
  { services: given, workflowBundle }: SystemOptions,
): Promise<SkippedSystem> {
  let now = await env.currentTimeMs();
  /** Ends the pass under way, at a stop or when the server is stuck; then nobody waits for it again. */
  const over = new AbortController();
  const clock: Clock = { now: () => new Date(now) };
  const refresh = async () => {
    now = await env.currentTimeMs();
  };
  // Journeys see the server's time move while nobody calls pass, and what they write carries it.
  const refreshing = setInterval(() => void refresh().catch(() => undefined), REFRESH_MS);
  const services = await compose({
    ...given,
    clock,
    temporal: {
      namespace: env.client.options.namespace,
      taskQueue: DEFAULT_TASK_QUEUE,
      connect: () => ({
        client: () => Promise.resolve(env.client),
        close: () => Promise.resolve(),
      }),
    },
  });
  const workers = await startWorkers(services, {
    connection: env.nativeConnection,
    journeys: true,
    // This server has no schedules, and the timers of journey schedules would keep the clock from
    // ever being idle.
    system: false,
    ...(workflowBundle !== undefined && { workflowBundle }),
  });
  // This server keeps no search attributes.
  const relay = await startOutboxRelay(services, { searchable: false });
  const projector = await startProjector(services);

  async function relayed(): Promise<void> {
    const deadline = performance.now() + RELAY_PATIENCE_MS;
    await refresh();
    // What is followed may let somebody into a journey, so the outbox is looked at afterwards.
    while (!(await projector.isSettled())) {
      if (performance.now() > deadline) {
        throw new Error(
          'Profiles and segments are not up to date after a minute; expected them to follow what is stored.',
        );
      }
      projector.wake();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (;;) {
      const waiting = await services.db
        .selectFrom('outbox')
        .select(['id', 'last_error'])
        .where('dead_lettered_at', 'is', null)
        .where('available_at', '<=', clock.now())
        .executeTakeFirst();
      if (waiting === undefined) return;
      if (performance.now() > deadline) {
        throw new Error(
          `The outbox still holds row ${waiting.id} after a minute (${waiting.last_error ?? 'no error'}); expected the relay to have carried it.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  return {
    env,
    client: env.client,
    services,
    clock,
    taskQueue: services.taskQueue,
    relayed,
    async pass(duration) {
      over.signal.throwIfAborted();
      await relayed();
      const patience = setTimeout(() => over.abort(stuck(duration)), PASS_PATIENCE_MS);
      try {
        // A signal of its own for each pass, since each call leaves a listener on it.
        await skip(env, duration, AbortSignal.any([over.signal]));
      } finally {
        clearTimeout(patience);
      }
      await refresh();
      await relayed();
    },
    async stop() {
      over.abort(new Error('The system was stopped while time passed.'));
      clearInterval(refreshing);
      await projector.stop();
      await relay.stop();
      await workers.stop();
      await services.close();
      await env.teardown();
    },
  };
}

/** A call that is left unfinished would be tried again after the server has gone; this ends it. */
async function skip(env: TestWorkflowEnvironment, duration: Duration, signal: AbortSignal) {
  try {
    await env.connection.withAbortSignal(signal, () => env.sleep(duration));
  } catch (error) {
    throw signal.aborted && signal.reason instanceof Error ? signal.reason : error;
  }
}

function stuck(duration: Duration): Error {
  return new Error(
    `The test server has not let ${String(duration)} pass in ${PASS_PATIENCE_MS / 1000} s; expected its clock to skip. Some workflow or activity may never become idle, or the server is stuck; start again.`,
  );
}
