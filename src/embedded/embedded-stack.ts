import { mkdirSync, rmSync, writeFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reasonOf } from './processes/error-facts';
import { startPostgres } from './postgres/embedded-postgres';
import { findTemporalBinary } from './temporal/find-temporal-binary';
import { lockFile } from './processes/lock-file';
import type { Log } from './processes/log';
import { assertPortFree } from './processes/ports';
import { type SearchAttributeKind, startTemporalDevServer } from './temporal/temporal-dev-server';
import { stopTemporalOrphan } from './temporal/temporal-orphan';

export interface EmbeddedStackOptions {
  /** The value of THROUGHLINE_HOME: the folder of all state. */
  readonly home: string;
  /** The folder of downloaded binaries, shared by all homes. */
  readonly cacheDir: string;
  /** The value of DATABASE_URL; where it is set, no Postgres is started. */
  readonly databaseUrl?: string | undefined;
  /** The value of TEMPORAL_ADDRESS; where it is set, no Temporal is started. */
  readonly temporalAddress?: string | undefined;
  /** The value of TEMPORAL_CLI. */
  readonly temporalCli?: string | undefined;
  /** The value of PATH. */
  readonly pathVariable: string;
  /** The value of TEMPORAL_PORT; 0 or undefined chooses a free one. */
  readonly temporalPort?: number | undefined;
  /** The value of TEMPORAL_UI_PORT; 0 or undefined chooses a free one. */
  readonly temporalUiPort?: number | undefined;
  readonly namespace: string;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
  /** The codec server of Temporal's Web UI; only where payloads are encrypted. */
  readonly codecEndpoint?: string | undefined;
  readonly log: Log;
}

export interface RunningStack {
  readonly databaseUrl: string;
  /** How many connections all pools together may open. */
  readonly maxConnections: number;
  readonly temporalAddress: string;
  readonly temporalUiUrl?: string | undefined;
  stop(): Promise<void>;
}

interface Part<T> {
  readonly value: T;
  stop(): Promise<void>;
}

/**
 * Starts Postgres and Temporal in parallel on `home`, except those given by address. The next start on
 * the same home continues with their state.
 */
export async function startEmbeddedStack(options: EmbeddedStackOptions): Promise<RunningStack> {
  const home = prepareHome(options.home);
  const unlock = lockFile(
    join(home, 'lock'),
    (pid) =>
      new Error(
        `${home} is in use by process ${pid}: expected one system to a home. ` +
          'Stop that process, or set THROUGHLINE_HOME to another folder.',
      ),
  );
  const runningFile = join(home, 'running.json');
  const started: { stop(): Promise<void> }[] = [];
  const stopAll = async (): Promise<void> => {
    rmSync(runningFile, { force: true });
    const results = await Promise.allSettled(started.map((part) => part.stop()));
    unlock();
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  };
  // Only once: at a second call the lock may belong to another process.
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopAll());
  const collect = async <T>(starting: Promise<Part<T>>): Promise<T> => {
    const part = await starting;
    started.push(part);
    return part.value;
  };

  const [database, temporal] = await Promise.allSettled([
    collect(provideDatabase(options, home)),
    collect(provideTemporal(options, home)),
  ]);
  if (database.status === 'rejected' || temporal.status === 'rejected') {
    await stop();
    const failures: unknown[] = [database, temporal].flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    if (failures.length === 1) throw failures[0];
    throw new AggregateError(failures, failures.map(reasonOf).join('\n'));
  }
  const { databaseUrl, maxConnections } = database.value;
  const { temporalAddress, temporalUiUrl } = temporal.value;
  const running = { pid: process.pid, databaseUrl, temporalAddress, temporalUiUrl };
  writeFileSync(`${runningFile}.draft`, JSON.stringify(running, undefined, 2), { mode: 0o600 });
  renameSync(`${runningFile}.draft`, runningFile);
  return { databaseUrl, maxConnections, temporalAddress, temporalUiUrl, stop };
}

function prepareHome(given: string): string {
  const home = resolve(given);
  try {
    // Under root, Postgres runs as another user, who must be able to enter; the files are private.
    mkdirSync(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const probe = join(home, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new Error(
      `${home} cannot be written (${reasonOf(error)}); expected a writable folder. ` +
        'Change its owner, or set THROUGHLINE_HOME to another folder.',
      { cause: error },
    );
  }
  return home;
}

async function provideDatabase(
  { databaseUrl, cacheDir, log }: EmbeddedStackOptions,
  home: string,
): Promise<Part<Pick<RunningStack, 'databaseUrl' | 'maxConnections'>>> {
  if (databaseUrl) {
    return {
      value: { databaseUrl, maxConnections: 20 },
      stop: () => Promise.resolve(),
    };
  }
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), cacheDir, log });
  const { url, maxConnections } = postgres;
  return { value: { databaseUrl: url, maxConnections }, stop: () => postgres.stop() };
}

async function provideTemporal(
  options: EmbeddedStackOptions,
  home: string,
): Promise<Part<Pick<RunningStack, 'temporalAddress' | 'temporalUiUrl'>>> {
  const { temporalAddress, temporalCli, pathVariable, cacheDir, log } = options;
  if (temporalAddress) return { value: { temporalAddress }, stop: () => Promise.resolve() };
  const dbFile = join(home, 'temporal', 'temporal.db');
  // Before the search for the binary, which may download: so a port in use is reported at once.
  await stopTemporalOrphan(dbFile, log);
  if (options.temporalPort) await assertPortFree(options.temporalPort, 'TEMPORAL_PORT');
  if (options.temporalUiPort) await assertPortFree(options.temporalUiPort, 'TEMPORAL_UI_PORT');
  const binary = await findTemporalBinary({
    kind: 'cli',
    explicitPath: temporalCli,
    pathVariable,
    cacheDir,
    log,
  });
  const temporal = await startTemporalDevServer({
    binary,
    dbFile,
    port: options.temporalPort,
    uiPort: options.temporalUiPort,
    namespace: options.namespace,
    searchAttributes: options.searchAttributes,
    codecEndpoint: options.codecEndpoint,
    log,
  });
  return {
    value: { temporalAddress: temporal.address, temporalUiUrl: temporal.uiUrl },
    stop: () => temporal.stop(),
  };
}
