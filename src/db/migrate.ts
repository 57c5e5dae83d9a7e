import type { Migration } from 'kysely';
import { Migrator } from 'kysely';
import { baseline } from './migrations/0001-baseline';
import { connect } from './connect';
import type { Db } from './transaction';

const migrations: Record<string, Migration> = {
  '0001-baseline': baseline,
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
      `The migration ${failed ?? '(none was reached)'} failed: ${(error as Error).message}. Fix the cause and run 'throughline migrate' again; migrations applied before it are kept.`,
      { cause: error },
    );
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** `migrateToLatest` on a connection of its own. */
export async function migrateDatabase(databaseUrl: string): Promise<readonly string[]> {
  const connection = connect(databaseUrl, 1);
  try {
    return await migrateToLatest(connection.db);
  } finally {
    await connection.close();
  }
}
