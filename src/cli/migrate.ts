import { requireFor, type Config } from '../config';
import { connect } from '../db/connect';
import { migrateToLatest } from '../db/migrate';

export async function migrate(config: Config): Promise<void> {
  requireFor('migrate', config);
  const connection = connect(config.DATABASE_URL as string, 2);
  try {
    const applied = await migrateToLatest(connection.db);
    process.stdout.write(
      applied.length === 0 ? 'The schema is up to date.\n' : `Applied ${applied.join(', ')}.\n`,
    );
  } finally {
    await connection.close();
  }
}
