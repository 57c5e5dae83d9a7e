import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../../src/embedded/postgres/embedded-postgres';
import { testCacheDir } from './test-binaries';

/**
 * One Postgres for a test run, without durability, removed afterwards: `globalSetup` starts it and puts `url` into the environment, `globalTeardown` calls `stop`.
 * `url` may create databases.
 */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  // As root, Postgres runs as another user, who needs access.
  await chmod(folder, 0o711);
  try {
    const postgres = await startPostgres({
      dataDir: join(folder, 'postgres'),
      cacheDir: testCacheDir,
      durable: false,
      log: () => undefined,
    });
    return {
      url: postgres.url,
      stop: async () => {
        await postgres.stop();
        await rm(postgres.folder, { recursive: true, force: true });
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
