import { compose, type Services, type ServiceOptions } from '../../src/compose';
import { createLogger } from '../../src/logger';
import { app } from '../../src/workflows/app';
import { environment, LINKS } from './engine';
import { cloneDatabase } from './stack';

/** Services of several processes that share a database of the test. */
export interface TestServices {
  readonly processes: readonly [Services, ...Services[]];
  /** Closes every process and drops the database. */
  close(): Promise<void>;
}

export async function composeServices(
  options: Partial<ServiceOptions> = {},
  count = 1,
): Promise<TestServices> {
  const database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  const composed = (number: number) =>
    compose({
      app,
      databaseUrl: database.url,
      maxConnections: 10,
      clock: { now: () => new Date() },
      logger: createLogger('error'),
      links: LINKS,
      variables: { MAIL_FROM: 'a@shop.example' },
      mailboxDirectory: '/nonexistent',
      processName: `process ${number}`,
      ...options,
    });
  const first = await composed(1);
  const others = await Promise.all(Array.from({ length: count - 1 }, (_, at) => composed(at + 2)));
  return {
    processes: [first, ...others],
    async close() {
      await Promise.all([first, ...others].map((each) => each.close()));
      await database.drop();
    },
  };
}
