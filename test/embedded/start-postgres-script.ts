import { startPostgres } from '../../src/embedded/postgres/embedded-postgres';

/**
 * Started by a test, which kills it; with `exit` it ends by itself without stopping the server. PGlite
 * needs a process of its own anyway, since Jest's sandbox refuses its dynamic imports.
 */
async function main(): Promise<void> {
  const [dataDir = '', cacheDir = '', then] = process.argv.slice(2);
  const running = await startPostgres({
    dataDir,
    cacheDir,
    prefer: then === 'pglite' ? 'pglite' : 'postgres',
    log: () => undefined,
  });
  console.log(JSON.stringify({ ...running, pid: running.pid }));
  if (then === 'exit') process.exit(0);
  process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));
  setInterval(() => undefined, 60_000);
}

void main();
