import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres, type RunningPostgres } from '../../src/embedded/postgres/embedded-postgres';
import type { Log } from '../../src/embedded/processes/log';
import { spawnServer, type ServerChild } from '../../src/embedded/processes/spawn-server';
import {
  keepRunning,
  type SupervisedProcess,
} from '../../src/embedded/processes/supervised-process';
import type { SearchAttributeKind } from '../../src/embedded/temporal/temporal-dev-server';
import { SEARCH_ATTRIBUTES } from '../../src/outbox/relay/search-attributes';
import { prepareClusterDatabases } from './cluster-databases';
import { openNamespace } from './cluster-namespace';
import { choosePorts } from './cluster-ports';
import {
  CLUSTER_ESCALATION,
  forgetClusterPid,
  rememberClusterPid,
  stopClusterOrphan,
} from './cluster-process';
import { provideServerBinaries, SERVER_VERSION, type ServerBinaries } from './server-binaries';
import { DYNAMIC_CONFIG, SERVER_CONNECTIONS, serverConfigText } from './server-config';

export interface TemporalClusterOptions {
  /** Everything that the cluster keeps lies in it: a second start goes on with it. */
  readonly folder: string;
  /** Where the built server is kept, for all clusters. */
  readonly cacheDir: string;
  /** The value of PATH, in which Go is looked for when the server must be built. */
  readonly pathVariable: string;
  /** The port of the address; 0 or undefined takes that of the last start, or a free one. */
  readonly port?: number | undefined;
  /** Default `default`. */
  readonly namespace?: string | undefined;
  /** Default what the product needs. */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeKind>> | undefined;
  /** Into how many parts the histories are divided, fixed at the first start. Default 4. */
  readonly historyShards?: number | undefined;
  /** Ends the build or the start; what was started by then is stopped. */
  readonly signal?: AbortSignal | undefined;
  readonly log: Log;
}

export interface RunningTemporalCluster {
  /** host:port, as the SDK takes it. It stays the same when the server is killed. */
  readonly address: string;
  readonly namespace: string;
  /** A database for the product, empty at the first start, on the cluster's own Postgres. */
  readonly databaseUrl: string;
  /** How many connections the product may open to it. */
  readonly maxConnections: number;
  /** What the server counts, as Prometheus text. */
  readonly metricsUrl: string;
  /** Of the server that runs now: one that is killed is started again, with another pid. */
  readonly serverPid: number;
  /** Of the Postgres that runs now, which works in children of its own. */
  readonly postgresPid: number;
  readonly version: string;
  /** Stops the server, then its Postgres. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const READY_MS = 180_000;
const ATTEMPTS = 3;
/** For the server, two of the product's processes with a full pool each, people and tools. */
const POSTGRES_CONNECTIONS = 250;

/**
 * Starts a production Temporal server on a Postgres of its own, both below `folder`, and resolves
 * once a workflow can be started. The server is built from source where the cache has none.
 *
 * @throws where Go is missing, the build fails, or a server does not start; the message says what
 *   to do
 */
export async function startTemporalCluster(
  options: TemporalClusterOptions,
): Promise<RunningTemporalCluster> {
  const { cacheDir, log, signal, namespace = 'default' } = options;
  const binaries = await provideServerBinaries(options);
  signal?.throwIfAborted();
  const folder = resolve(options.folder);
  // Under root Postgres runs as another user, who must get through; what lies inside is private.
  mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    cacheDir,
    maxConnections: POSTGRES_CONNECTIONS,
    log,
  });
  try {
    signal?.throwIfAborted();
    const admin = new URL(postgres.url);
    admin.pathname = '/postgres';
    await prepareClusterDatabases(binaries.sqlTool, admin.href);
    signal?.throwIfAborted();
    const server = await startServer({ ...options, folder, namespace }, binaries, postgres);
    return {
      address: server.address(),
      namespace,
      databaseUrl: postgres.url,
      maxConnections: postgres.maxConnections - SERVER_CONNECTIONS,
      metricsUrl: server.metricsUrl(),
      get serverPid() {
        return server.process.pid;
      },
      get postgresPid() {
        return postgres.pid;
      },
      version: SERVER_VERSION,
      stop: async () => {
        try {
          await server.process.stop();
          forgetClusterPid(server.configFile);
        } finally {
          await postgres.stop();
        }
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

interface ServerFacts {
  readonly process: SupervisedProcess;
  readonly configFile: string;
  address(): string;
  metricsUrl(): string;
}

async function startServer(
  options: TemporalClusterOptions & { readonly namespace: string },
  binaries: ServerBinaries,
  postgres: RunningPostgres,
): Promise<ServerFacts> {
  const { folder, namespace, port, log, signal, historyShards = 4 } = options;
  const searchAttributes = options.searchAttributes ?? SEARCH_ATTRIBUTES;
  const configFile = join(folder, 'server.yaml');
  const portsFile = join(folder, 'ports.json');
  const dynamicConfigFile = join(folder, 'dynamic-config.yaml');
  writeFileSync(dynamicConfigFile, DYNAMIC_CONFIG);
  await stopClusterOrphan(configFile, log);
  let ports = await choosePorts(portsFile, port);
  let everReady = false;
  const address = (): string => `${LOOPBACK}:${ports.frontend}`;

  const start = async (): Promise<ServerChild> => {
    for (let attempt = 1; ; attempt += 1) {
      const text = serverConfigText({
        postgresUrl: postgres.url,
        ports,
        historyShards,
        dynamicConfigFile,
      });
      writeFileSync(configFile, text, { mode: 0o600 });
      const args = ['--config-file', configFile, '--allow-no-auth', 'start'];
      // An environment of its own: TEMPORAL_* variables would change what the file says.
      const child = await spawnServer(binaries.server, args, join(folder, 'server.log'), {
        cwd: folder,
        env: {},
      });
      rememberClusterPid(configFile, child.pid);
      try {
        const ready = () => openNamespace({ address: address(), namespace, searchAttributes });
        await untilReady(child, address(), ready, everReady ? undefined : signal);
        everReady = true;
        return child;
      } catch (error) {
        const taken = child.logTail().includes('address already in use');
        if (!taken || everReady || attempt >= ATTEMPTS) throw error;
        // Somebody was faster on a port that we had chosen ourselves.
        ports = await choosePorts(portsFile, port);
      }
    }
  };

  const supervised = await keepRunning({
    title: 'The Temporal cluster',
    start,
    escalation: CLUSTER_ESCALATION,
    log,
  });
  return {
    process: supervised,
    configFile,
    address,
    metricsUrl: () => `http://${LOOPBACK}:${ports.metrics}/metrics`,
  };
}

async function untilReady(
  child: ServerChild,
  address: string,
  ready: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const how = child.ended();
    if (how !== undefined) {
      throw new Error(
        `The Temporal cluster ended at its start (${how}). It said:\n${child.logTail()}`,
      );
    }
    try {
      signal?.throwIfAborted();
      return await ready();
    } catch (error) {
      if (signal?.aborted === true || Date.now() > deadline) {
        process.kill(child.pid, 'SIGKILL');
        await child.exited;
      }
      if (signal?.aborted === true) throw error;
      if (Date.now() > deadline) {
        throw new Error(
          `No workflow can be started on the Temporal cluster at ${address} after ` +
            `${READY_MS / 1000} s: expected one. It said:\n${child.logTail()}`,
          { cause: error },
        );
      }
      await pause(200);
    }
  }
}
