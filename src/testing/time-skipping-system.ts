import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { compose, DEFAULT_TASK_QUEUE, type Services, type ServiceOptions } from '../compose';
import type { Clock } from '../domain/clock';
import type { Duration } from '../domain/duration';
import { startOutboxRelay, startProjector } from '../roles/relay';
import { startWorkers } from '../roles/start-workers';

export interface SystemOptions {
  /** Everything except the clock, which is that of the server. */
  readonly services: Omit<ServiceOptions, 'clock' | 'temporal'>;
  /** The bundled workflow code; by default it is bundled now (some seconds). */
  readonly workflowBundle?: WorkflowBundleOption;
}

export interface TimeSkippingSystemOptions extends SystemOptions {
  /** Path of the time-skipping test server's binary. */
  readonly serverBinary: string;
}

/** The engine on a time-skipping Temporal server: relay, workers and services, without the HTTP API. */
export interface TimeSkippingSystem {
  readonly env: TestWorkflowEnvironment;
  readonly client: Client;
  readonly services: Services;
  readonly clock: Clock;
  readonly taskQueue: string;
  /** Skips time: timers fire in order, and their effects are complete before it returns. */
  pass(duration: Duration): Promise<void>;
  /** Waits until profiles and segments are up to date and the outbox is empty. */
  relayed(): Promise<void>;
  stop(): Promise<void>;
}

const REFRESH_MS = 100;
/** The maximum real time for one call of `pass`; a server that takes longer is stuck. */
const PASS_TIMEOUT_MS = 90_000;
const RELAY_TIMEOUT_MS = 60_000;

/** Starts the engine on a time-skipping server, against a migrated database. */
export async function startTimeSkippingSystem(
  options: TimeSkippingSystemOptions,
): Promise<TimeSkippingSystem> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: options.serverBinary } },
  });
  return startSystemOn(env, options);
}

/** Starts the engine on the caller's test environment, which `stop` tears down. */
export async function startSystemOn(
  env: TestWorkflowEnvironment,
  { services: given, workflowBundle }: SystemOptions,
): Promise<TimeSkippingSystem> {
  let now = await env.currentTimeMs();
  /** Aborts a running `pass` when the system is stopped or the server is stuck. */
  const aborted = new AbortController();
  const clock: Clock = { now: () => new Date(now) };
  const refresh = async () => {
    now = await env.currentTimeMs();
  };
  // The server's time also moves between calls of `pass`, and journeys write it.
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
    // This server has no schedules, and with the timers of journey schedules it would never be idle.
    system: false,
    ...(workflowBundle !== undefined && { workflowBundle }),
  });
  // This server has no search attributes.
  const relay = await startOutboxRelay(services, { searchable: false });
  const projector = await startProjector(services);

  async function relayed(): Promise<void> {
    const deadline = performance.now() + RELAY_TIMEOUT_MS;
    await refresh();
    // A segment change may start a journey, so the outbox is checked afterwards.
    while (!(await projector.isSettled())) {
      if (performance.now() > deadline) {
        throw new Error(
          'Timed out after a minute waiting for profiles and segments to be up to date. Look for errors of the projector in the log.',
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
          `The outbox still holds row ${waiting.id} after a minute (${waiting.last_error ?? 'no error'}); expected the relay to have dispatched it.`,
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
      aborted.signal.throwIfAborted();
      await relayed();
      const timeout = setTimeout(() => aborted.abort(stuck(duration)), PASS_TIMEOUT_MS);
      try {
        // Each call leaves a listener on its signal, so each gets a new signal.
        await skip(env, duration, AbortSignal.any([aborted.signal]));
      } finally {
        clearTimeout(timeout);
      }
      await refresh();
      await relayed();
    },
    async stop() {
      aborted.abort(new Error('The system was stopped during pass().'));
      clearInterval(refreshing);
      await projector.stop();
      await relay.stop();
      await workers.stop();
      await services.close();
      await env.teardown();
    },
  };
}

/** Skips time; aborting the signal ends the call, which gRPC would otherwise retry after the server has stopped. */
async function skip(env: TestWorkflowEnvironment, duration: Duration, signal: AbortSignal) {
  try {
    await env.connection.withAbortSignal(signal, () => env.sleep(duration));
  } catch (error) {
    throw signal.aborted && signal.reason instanceof Error ? signal.reason : error;
  }
}

function stuck(duration: Duration): Error {
  return new Error(
    `The test server did not skip ${String(duration)} within ${PASS_TIMEOUT_MS / 1000} s. A workflow or activity may never become idle, or the server is stuck; start again.`,
  );
}
