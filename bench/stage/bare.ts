import { join } from 'node:path';
import type { BareIngestFacts, BareIngestSettings } from '../bare/ingest-server';
import type { GatewayFacts, GatewaySettings } from '../bare/gateway';
import type { BareWorkerCalls, BareWorkerSettings } from '../bare/worker';
import type { CallTable } from './answer-calls';
import { startChild, type BenchProcess, type Child } from './child-process';
import { lazily } from './lazily';
import type { Load } from './load';
import type { StageBase } from './stage-base';
import { POOL_SIZE, WRITE_KEY } from './ours';

/** What Throughline stands on, used directly and for nothing else. */
export interface Bare {
  /** Express that checks the key and writes each request's events by one statement. */
  readonly ingest: () => Promise<BenchProcess & { readonly url: string }>;
  /** Starts and signals the bare workflows: their client. */
  readonly gateway: () => Promise<BenchProcess & { readonly url: string }>;
  readonly worker: () => Promise<Child<BareWorkerCalls, object>>;
}

export const TASK_QUEUE = 'bare';

export function createBare(stage: StageBase, load: () => Promise<Load>): Bare {
  const ingest = lazily(async () => {
    const settings: BareIngestSettings = {
      databaseUrl: await stage.database('bare'),
      maxConnections: POOL_SIZE,
      writeKey: WRITE_KEY,
    };
    const child = await startChild<CallTable, BareIngestFacts>(
      require.resolve('../bare/ingest-server'),
      settings,
      { name: 'api', logFile: join(stage.folder, 'bare-ingest.log'), env: stage.environment },
    );
    stage.onClose(() => child.stop());
    return { ...child, url: `http://127.0.0.1:${child.facts.port}` };
  });
  const gateway = lazily(async () => {
    const { address, namespace } = await stage.temporal();
    const settings: GatewaySettings = { address, namespace, taskQueue: TASK_QUEUE };
    const child = await startChild<CallTable, GatewayFacts>(
      require.resolve('../bare/gateway'),
      settings,
      { name: 'client', logFile: join(stage.folder, 'gateway.log'), env: stage.environment },
    );
    stage.onClose(() => child.stop());
    return { ...child, url: `http://127.0.0.1:${child.facts.port}` };
  });

  const worker = lazily(async () => {
    const { address, namespace } = await stage.temporal();
    const { reportPort } = (await load()).facts;
    const settings: BareWorkerSettings = { address, namespace, taskQueue: TASK_QUEUE, reportPort };
    const child = await startChild<BareWorkerCalls, object>(
      require.resolve('../bare/worker'),
      settings,
      {
        name: 'worker',
        logFile: join(stage.folder, 'bare-worker.log'),
        env: stage.environment,
      },
    );
    stage.onClose(() => child.stop());
    return child;
  });

  return { ingest, gateway, worker };
}
