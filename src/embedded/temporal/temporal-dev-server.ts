import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Log } from '../processes/log';
import { assertPortFree, freePort } from '../processes/ports';
import { spawnServer, type ServerChild } from '../processes/spawn-server';
import { keepRunning } from '../processes/supervised-process';
import {
  TEMPORAL_ESCALATION,
  forgetTemporalPid,
  rememberTemporalPid,
  stopTemporalOrphan,
} from './temporal-orphan';

export type SearchAttributeKind =
  'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

export interface TemporalDevServerOptions {
  /** The path of the Temporal CLI; see `findTemporalBinary`. */
  readonly binary: string;
  /** The SQLite file of all workflows; the log is written beside it. */
  readonly dbFile: string;
  /** 0 or undefined chooses a free one. */
  readonly port?: number | undefined;
  /** 0 or undefined chooses a free one. */
  readonly uiPort?: number | undefined;
  readonly namespace: string;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
  /** The codec server of the Web UI; only where payloads are encrypted. */
  readonly codecEndpoint?: string | undefined;
  readonly log: Log;
}

export interface RunningTemporal {
  /** host:port, as the SDK takes it. */
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const READY_MS = 60_000;
const ATTEMPTS = 3;

/** Starts Temporal's dev server on `dbFile` and resolves once it serves the namespace. */
export async function startTemporalDevServer(
  options: TemporalDevServerOptions,
): Promise<RunningTemporal> {
  const { namespace, log } = options;
  const dbFile = resolve(options.dbFile);
  mkdirSync(dirname(dbFile), { recursive: true, mode: 0o700 });
  await stopTemporalOrphan(dbFile, log);
  if (options.port) await assertPortFree(options.port, 'TEMPORAL_PORT');
  if (options.uiPort) await assertPortFree(options.uiPort, 'TEMPORAL_UI_PORT');
  let port = options.port || (await freePort());
  let uiPort = options.uiPort || (await freePort());
  let everReady = false;

  const start = async (): Promise<ServerChild> => {
    for (let attempt = 1; ; attempt += 1) {
      const args = argumentsFor({ ...options, dbFile, port, uiPort });
      const logFile = join(dirname(dbFile), 'temporal.log');
      const child = await spawnServer(options.binary, args, logFile, { cwd: dirname(dbFile) });
      rememberTemporalPid(dbFile, child.pid);
      try {
        await untilReady(child, `${LOOPBACK}:${port}`, namespace);
        everReady = true;
        return child;
      } catch (error) {
        const taken = child.logTail().includes('address already in use');
        if (!taken || everReady || attempt >= ATTEMPTS) throw error;
        // Another process took a port that was chosen here.
        if (!options.port) port = await freePort();
        if (!options.uiPort) uiPort = await freePort();
      }
    }
  };

  const running = await keepRunning({
    title: 'The Temporal dev server',
    start,
    escalation: TEMPORAL_ESCALATION,
    log,
  });
  return {
    address: `${LOOPBACK}:${port}`,
    uiUrl: `http://${LOOPBACK}:${uiPort}`,
    get pid() {
      return running.pid;
    },
    stop: async () => {
      await running.stop();
      forgetTemporalPid(dbFile);
    },
  };
}

function argumentsFor(options: TemporalDevServerOptions): string[] {
  const { dbFile, port, uiPort, namespace, searchAttributes } = options;
  return [
    'server',
    'start-dev',
    ...['--ip', LOOPBACK],
    ...['--port', String(port), '--ui-port', String(uiPort)],
    ...['--namespace', namespace],
    ...['--db-filename', dbFile],
    // Together twice as fast as the defaults. A power failure may lose the last moments, a crash of the
    // process loses nothing.
    ...['--sqlite-pragma', 'journal_mode=WAL'],
    ...['--sqlite-pragma', 'synchronous=NORMAL'],
    ...['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
    ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
    // The deletion of an execution waits for both; by default that takes up to a minute.
    ...['--dynamic-config-value', 'history.visibilityProcessorUpdateAckInterval="5s"'],
    ...['--dynamic-config-value', 'history.transferProcessorUpdateAckInterval="5s"'],
    ...(options.codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', options.codecEndpoint]),
    ...['--log-level', 'warn', '--log-format', 'json'],
    ...Object.entries(searchAttributes).flatMap(([name, kind]) => [
      '--search-attribute',
      `${name}=${kind}`,
    ]),
  ];
}

async function untilReady(child: ServerChild, address: string, namespace: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const how = child.ended();
    if (how !== undefined) {
      throw new Error(
        `The Temporal dev server exited at its start (${how}). Its output:\n${child.logTail()}`,
      );
    }
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      try {
        await connection.withDeadline(Date.now() + 2_000, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() > deadline) {
        process.kill(child.pid, 'SIGKILL');
        throw new Error(
          `The Temporal dev server does not answer on ${address} after ${READY_MS / 1000} s. ` +
            `Its output:\n${child.logTail()}`,
          { cause: error },
        );
      }
      await pause(50);
    }
  }
}
