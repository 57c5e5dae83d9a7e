import { connect } from '../../src/db/connect';
import { migrateToLatest } from '../../src/db/migrate';
import {
  createTemplateDatabase,
  startTestPostgres,
  temporalCliBinary,
  testServerBinary,
} from './stack';
import { bundleTestWorkflows } from './workflow-bundles';

/**
 * Once a run: a Postgres with a migrated template database, the Temporal binaries, and the workflow
 * bundles. Test files find them in environment variables (see `environment` in engine.ts).
 */
export async function setUpStack(): Promise<void> {
  const postgres = await startTestPostgres();
  (globalThis as Record<string, unknown>)['__postgres'] = postgres;
  await createTemplateDatabase(postgres.url, 'throughline_template', async (url) => {
    const connection = connect(url, 2);
    await migrateToLatest(connection.db);
    await connection.close();
  });
  Object.assign(process.env, {
    TEST_POSTGRES_URL: postgres.url,
    TEST_TEMPORAL_CLI: await temporalCliBinary(),
    TEST_TEMPORAL_SERVER: await testServerBinary(),
    ...(await bundleTestWorkflows()),
  });
}
