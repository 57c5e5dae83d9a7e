import { startPostgres } from '../../src/embedded/postgres/embedded-postgres';

/** Started by a test, which kills it; with `exit` it ends without stopping the server. */
async function main(): Promise<void> {
  const [dataDir = '', cacheDir = '', then] = process.argv.slice(2);
  const running = await startPostgres({
    dataDir,
    cacheDir,
    log: () => undefined,
  });
  console.log(JSON.stringify({ ...running, pid: running.pid }));
  if (then === 'exit') process.exit(0);
  process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)));
  setInterval(() => undefined, 60_000);
}

void main();
