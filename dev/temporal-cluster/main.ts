import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { reportFailure } from '../../src/cli/report-failure';
import { readConfig } from '../../src/config';
import { provideServerBinaries } from './server-binaries';
import { startTemporalCluster } from './start-temporal-cluster';

interface Options {
  readonly build?: true;
  readonly folder?: string;
  readonly port?: string;
}

new Command('cluster')
  .description('Runs a production Temporal server, built from source, on a Postgres of its own.')
  .option('--build', 'only build the server into the cache, which takes some minutes')
  .option('--folder <path>', 'where it keeps its state (default: cluster in THROUGHLINE_HOME)')
  .option('--port <n>', 'the port of its address (default: that of the last start, or a free one)')
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    reportFailure(error);
    process.exitCode = 1;
  });

async function main(options: Options): Promise<void> {
  const { cacheDir, searchPath: pathVariable, THROUGHLINE_HOME } = readConfig();
  const log = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const interrupted = interruption();
  const shared = { cacheDir, pathVariable, signal: interrupted, log };
  if (options.build === true) {
    const { server } = await provideServerBinaries(shared);
    return log(`The Temporal server is built: ${server}`);
  }
  const cluster = await startTemporalCluster({
    ...shared,
    folder: options.folder ?? join(THROUGHLINE_HOME, 'cluster'),
    port: portOf(options.port),
  });
  process.stdout.write(
    `\nTemporal ${cluster.version} runs on Postgres. Ctrl-C stops both; a second start goes on from ` +
      `here.\n\nTEMPORAL_ADDRESS=${cluster.address}\nDATABASE_URL=${cluster.databaseUrl}\n\n`,
  );
  // The servers are no children that keep us alive.
  const alive = setInterval(() => undefined, 60_000);
  if (!interrupted.aborted) await once(interrupted, 'abort');
  clearInterval(alive);
  log('Stopping …');
  await cluster.stop();
}

/** Aborted by the first signal; a second one ends the process at once, and what it started. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Error(`The cluster was ended by ${signal}.`));
    });
  }
  return controller.signal;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`Found --port ${text}; expected a whole number from 1 to 65535.`);
}
