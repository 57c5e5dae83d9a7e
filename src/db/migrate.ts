import type { Migration } from 'kysely';
import { Migrator } from 'kysely';
import { engine } from './migrations/0001-engine';
import { throughput } from './migrations/0002-throughput';
import { outboxFunctions } from './migrations/0003-outbox-functions';
import { identity } from './migrations/0004-identity';
import { segments } from './migrations/0005-segments';
import { preferences } from './migrations/0006-preferences';
import { privacy } from './migrations/0007-privacy';
import { keys } from './migrations/0008-keys';
import type { Db } from './transaction';

const migrations: Record<string, Migration> = {
  '0001-engine': engine,
  '0002-throughput': throughput,
  '0003-outbox-functions': outboxFunctions,
  '0004-identity': identity,
  '0005-segments': segments,
  '0006-preferences': preferences,
  '0007-privacy': privacy,
  '0008-keys': keys,
};

/**
 * Brings the schema up to date, forward only; safe to run from several processes at once.
 *
 * @returns the names of the migrations that were applied now
 * @throws {Error} naming the migration that failed, with the database's error as its cause
 */
export async function migrateToLatest(db: Db): Promise<readonly string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName;
    throw new Error(
      `The migration ${failed ?? '(none was reached)'} failed: ${(error as Error).message}. Mend the cause and run 'throughline migrate' again; what was applied before stays.`,
      { cause: error },
    );
  }
  return (results ?? []).map((result) => result.migrationName);
}
