import { startTemporalDevServer } from '../../src/embedded/temporal/temporal-dev-server';

/** Started by a test, which kills it. */
async function main(): Promise<void> {
  const [binary = '', dbFile = ''] = process.argv.slice(2);
  const { address, pid } = await startTemporalDevServer({
    binary,
    dbFile,
    namespace: 'shop',
    searchAttributes: { CustomerId: 'Keyword', Paused: 'Bool' },
    log: () => undefined,
  });
  console.log(JSON.stringify({ address, pid }));
  setInterval(() => undefined, 60_000);
}

void main();
