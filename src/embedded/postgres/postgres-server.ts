import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { choosePort } from '../processes/chosen-port';
import type { Log } from '../processes/log';
import { freePort } from '../processes/ports';
import type { PostgresBinaries } from './postgres-binaries';
import { POSTGRES_ENVIRONMENT, POSTGRES_USER, type PostgresCluster } from './postgres-cluster';
import { idsOf, type PostgresIdentity } from './postgres-identity';
import { POSTGRES_ESCALATION, stopPostgresOrphan } from './postgres-orphan';
import { spawnServer, type ServerChild } from '../processes/spawn-server';
import { keepRunning, type SupervisedProcess } from '../processes/supervised-process';

interface Deps {
  readonly binaries: PostgresBinaries;
  readonly identity: PostgresIdentity | undefined;
  readonly folder: string;
  readonly cluster: PostgresCluster;
  readonly port: number | undefined;
  readonly maxConnections: number;
  readonly durable: boolean;
  readonly log: Log;
}

const DATABASE = 'throughline';
const ATTEMPTS = 10;
/** Long, since recovery after a crash may replay much; a server that exits is noticed at once. */
const READY_MS = 120_000;
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** Starts Postgres on the cluster and keeps it running. */
export async function startPostgresServer(
  deps: Deps,
): Promise<{ url: string; process: SupervisedProcess }> {
  // First, or the orphan would still hold the port of the last start.
  await stopPostgresOrphan(deps.cluster.data, deps.log);
  let port = await choosePort(deps.port, join(deps.folder, 'port'));
  const urlOf = (database: string): string =>
    `postgres://${POSTGRES_USER}:${deps.cluster.password}@127.0.0.1:${port}/${database}`;
  let everReady = false;

  const start = async (): Promise<ServerChild> => {
    await stopPostgresOrphan(deps.cluster.data, deps.log);
    for (let attempt = 1; ; attempt += 1) {
      const child = await spawnPostgres(deps, port);
      try {
        await untilReady(child, urlOf('postgres'));
        everReady = true;
        return child;
      } catch (error) {
        if (attempt >= ATTEMPTS) throw error;
        const said = child.logTail();
        if (said.includes('pre-existing shared memory block is still in use')) {
          // The backends of a killed Postgres notice within moments and exit.
          await pause(300);
        } else if (said.includes('could not bind') && deps.port === undefined && !everReady) {
          port = await freePort();
        } else throw error;
      }
    }
  };

  const running = await keepRunning({
    title: 'Postgres',
    start,
    escalation: POSTGRES_ESCALATION,
    log: deps.log,
  });
  try {
    writeFileSync(join(deps.folder, 'port'), String(port));
    await createDatabase(urlOf('postgres'));
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { url: urlOf(DATABASE), process: running };
}

function spawnPostgres(
  { binaries, identity, folder, cluster, maxConnections, durable }: Deps,
  port: number,
): Promise<ServerChild> {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=128MB',
    `max_connections=${maxConnections}`,
    'timezone=UTC',
    'log_timezone=UTC',
    ...(durable ? [] : NOT_DURABLE),
  ];
  const args = ['-D', cluster.data, ...settings.flatMap((setting) => ['-c', setting])];
  return spawnServer(binaries.postgres, args, join(folder, 'postgres.log'), {
    ...idsOf(identity),
    ...POSTGRES_ENVIRONMENT,
    cwd: '/',
  });
}

async function untilReady(child: ServerChild, url: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const how = child.ended();
    if (how !== undefined) {
      throw new Error(`Postgres exited at its start (${how}). Its output:\n${child.logTail()}`);
    }
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      // The password is random: a server that refuses it is another server, or another cluster's.
      const refused = error instanceof DatabaseError && error.code === '28P01';
      if (refused || Date.now() > deadline) {
        process.kill(child.pid, 'SIGQUIT');
        const why = refused ? 'rejects its password' : `does not answer in ${READY_MS / 1000} s`;
        throw new Error(`Postgres ${why}. Its output:\n${child.logTail()}`, { cause: error });
      }
      await pause(25);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
