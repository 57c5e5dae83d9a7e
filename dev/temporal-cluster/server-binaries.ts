import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addToCache, cachedBinary, writableCache } from '../../src/embedded/temporal/binary-cache';
import { findOnPath, whyNotExecutable } from '../../src/embedded/temporal/executables';
import { lockFile } from '../../src/embedded/processes/lock-file';
import type { Log } from '../../src/embedded/processes/log';
import { buildCommand, moduleFolder, type GoTools } from './go-build';

/** The server that is built; its Go module carries the schemas of its databases. */
export const SERVER_VERSION = '1.32.1';

const COMMANDS = {
  server: { name: `temporal-server-${SERVER_VERSION}`, source: './cmd/server' },
  sqlTool: { name: `temporal-sql-tool-${SERVER_VERSION}`, source: './cmd/tools/sql' },
} as const;

/** The paths of the two programs that a cluster is run with. */
export interface ServerBinaries {
  readonly server: string;
  /** `temporal-sql-tool`, which makes the databases' tables. */
  readonly sqlTool: string;
}

export interface ProvideBinariesOptions {
  /** Where the programs are kept, for all who need them. */
  readonly cacheDir: string;
  /** The value of PATH, in which Go is looked for. */
  readonly pathVariable: string;
  /** Ends a build. */
  readonly signal?: AbortSignal | undefined;
  readonly log: Log;
}

const WAIT_MS = 1_000;

/** Why a cluster would first have to be built, as a sentence, or undefined where it is built. */
export function whyNotBuilt(cacheDir: string): string | undefined {
  const missing = Object.values(COMMANDS).find(
    ({ name }) => whyNotExecutable(join(cacheDir, name)) !== undefined,
  );
  return (
    missing && `${missing.name} is not in ${cacheDir}: build it with npm run cluster -- --build.`
  );
}

/**
 * The Temporal server's programs from the cache, or built into it from source, which takes minutes.
 * Of several processes that need them one builds, and the others wait for it.
 *
 * @throws where Go is missing or the build fails; the message says what to do
 */
export async function provideServerBinaries(
  options: ProvideBinariesOptions,
): Promise<ServerBinaries> {
  const found = await cached(options.cacheDir);
  if (found !== undefined) return found;
  const go = goTools(options);
  const cacheDir = await writableCache(options.cacheDir);
  const unlock = await turnToBuild(cacheDir, options);
  try {
    // Another process may have built them while this one waited.
    return (await cached(cacheDir)) ?? (await build(cacheDir, go));
  } finally {
    unlock();
  }
}

async function cached(cacheDir: string): Promise<ServerBinaries | undefined> {
  const server = await cachedBinary(cacheDir, COMMANDS.server.name);
  const sqlTool = await cachedBinary(cacheDir, COMMANDS.sqlTool.name);
  return server !== undefined && sqlTool !== undefined ? { server, sqlTool } : undefined;
}

async function build(cacheDir: string, go: GoTools): Promise<ServerBinaries> {
  go.log(
    `Building the Temporal server ${SERVER_VERSION} from source, once: this takes some minutes.`,
  );
  const began = Date.now();
  const source = await moduleFolder(go, `go.temporal.io/server@v${SERVER_VERSION}`, cacheDir);
  const make = (command: (typeof COMMANDS)[keyof typeof COMMANDS]): Promise<string> =>
    addToCache(cacheDir, command.name, async (folder) => {
      const target = join(folder, command.name);
      await buildCommand(go, { moduleFolder: source, source: command.source, target });
      return target;
    });
  const sqlTool = await make(COMMANDS.sqlTool);
  const server = await make(COMMANDS.server);
  go.log(`Built ${server} in ${Math.round((Date.now() - began) / 1000)} s.`);
  return { server, sqlTool };
}

function goTools({ pathVariable, signal, log }: ProvideBinariesOptions): GoTools {
  const go = findOnPath('go', pathVariable);
  if (go === undefined) {
    throw new Error(
      `Go was not found on PATH: expected it, to build the Temporal server ${SERVER_VERSION} from ` +
        'source once. Install it from https://go.dev/dl, or use the dev server (npm start).',
    );
  }
  return { go, nice: findOnPath('nice', pathVariable), signal, log };
}

async function turnToBuild(
  cacheDir: string,
  { signal, log }: ProvideBinariesOptions,
): Promise<() => void> {
  const file = join(cacheDir, `temporal-server-${SERVER_VERSION}.lock`);
  let told = false;
  for (;;) {
    let holder: number | undefined;
    try {
      return lockFile(file, (pid) => {
        holder = pid;
        return new Error(`Process ${pid} builds the Temporal server.`);
      });
    } catch (error) {
      if (holder === undefined) throw error;
      if (!told) log(`Waiting for process ${holder}, which builds the Temporal server.`);
      told = true;
      await pause(WAIT_MS, undefined, { signal });
    }
  }
}
