import { requireFor, type Config } from '../config';
import { migrateDatabase } from '../db/migrate';

/** `throughline migrate` */
export async function migrate(config: Config): Promise<void> {
  requireFor('migrate', config);
  const applied = await migrateDatabase(config.DATABASE_URL as string);
  process.stdout.write(
    applied.length === 0 ? 'The schema is up to date.\n' : `Applied ${applied.join(', ')}.\n`,
  );
}
