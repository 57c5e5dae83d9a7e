import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/db/connect';
import { migrateToLatest } from '../../src/db/migrate';
import { bundleWorkflows } from '../../src/roles/bundle-workflows';
import {
  createTemplateDatabase,
  startTestPostgres,
  temporalCliBinary,
  testServerBinary,
} from './stack';

/**
 * Once a run: a Postgres with a migrated template database, the Temporal binaries, and the workflow
 * bundles, so that no test file pays for them again. What test files need stands in the environment.
 */
async function setup(): Promise<void> {
  // Tests that kill a process run the built package, as production does.
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  const postgres = await startTestPostgres();
  (globalThis as Record<string, unknown>)['__postgres'] = postgres;
  await createTemplateDatabase(postgres.url, 'throughline_template', async (url) => {
    const connection = connect(url, 2);
    await migrateToLatest(connection.db);
    await connection.close();
  });
  const environment: Record<string, string> = {
    TEST_POSTGRES_URL: postgres.url,
    TEST_TEMPORAL_CLI: await temporalCliBinary(),
    TEST_TEMPORAL_SERVER: await testServerBinary(),
  };
  const bundles = {
    TEST_SHOP_BUNDLE: '../../src/workflows',
    TEST_SYSTEM_BUNDLE: '../../src/system/workflows',
    TEST_JOURNEYS_BUNDLE: '../journeys/sample-journeys',
  };
  for (const [name, path] of Object.entries(bundles)) {
    const { code } = await bundleWorkflows({ workflowsPath: require.resolve(path) });
    environment[name] = join(folder, `${name}.js`);
    await writeFile(environment[name], code);
  }
  Object.assign(process.env, environment);
}

module.exports = setup;
