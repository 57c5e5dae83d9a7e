import { setTimeout as sleep } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Services } from '../../src/compose';
import { createLogger } from '../../src/logger';
import { workflowIdOf } from '../../src/journey/protocol';
import { deployVersion } from '../../src/roles/deploy';
import { createReadiness } from '../../src/roles/readiness';
import { startOutboxRelay } from '../../src/roles/relay';
import { startWorkers } from '../../src/roles/start-workers';
import { installTemporalRuntime } from '../../src/roles/temporal-runtime';
import { sampleApp } from '../journeys/sample-app';
import { environment } from '../support/engine';
import { composeServices } from '../support/services';

jest.setTimeout(120_000);

const DEPLOYMENT = 'shop';

let env: TestWorkflowEnvironment;
let services: Services;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  installTemporalRuntime('error', createLogger('error'));
  env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: environment('TEST_TEMPORAL_CLI') } },
  });
  stops.push(() => env.teardown());
  const composed = await composeServices({ app: sampleApp });
  stops.push(() => composed.close());
  services = { ...composed.processes[0], client: () => Promise.resolve(env.client) };
  const relay = await startOutboxRelay(services, { searchable: false });
  stops.push(() => relay.stop());
});
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function startBuild(buildId: string): Promise<void> {
  const workers = await startWorkers(services, {
    connection: env.nativeConnection,
    journeys: true,
    system: false,
    channels: [],
    versioning: { deployment: DEPLOYMENT, buildId },
    workflowBundle: { codePath: environment('TEST_JOURNEYS_BUNDLE') },
  });
  stops.push(() => workers.stop());
}

/** Lets a customer into the journey that sleeps, and returns the id of its workflow. */
async function enter(userId: string): Promise<string> {
  const body = { userId, event: 'Cart Updated', properties: { cart_id: userId } };
  await services.ingest.accept([{ type: 'track', index: 0, body }]);
  const { id } = await services.db
    .selectFrom('enrollments')
    .innerJoin('identifiers', 'identifiers.customer_id', 'enrollments.customer_id')
    .select('enrollments.id')
    .where('journey', '=', 'sleeper')
    .where('identifiers.value', '=', userId)
    .executeTakeFirstOrThrow();
  return workflowIdOf('sleeper', id);
}

/** The build ids that have completed tasks of a workflow. */
async function buildsOf(workflowId: string): Promise<readonly unknown[]> {
  const { events = [] } = await env.client.workflow
    .getHandle(workflowId)
    .fetchHistory()
    .catch(() => ({ events: [] })); // the relay has not started it yet
  return (events ?? []).flatMap(
    (event) => event.workflowTaskCompletedEventAttributes?.deploymentVersion?.buildId ?? [],
  );
}

async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await probe())) {
    if (performance.now() > deadline) throw new Error(`Timed out waiting for: ${what}`);
    await sleep(50);
  }
}

it('gives workers of a build nothing until it is deployed, and the next build all from then on', async () => {
  await startBuild('one');
  const early = await enter('early');
  await sleep(2_000);
  expect(await buildsOf(early)).toEqual([]);

  await expect(
    deployVersion(env.client, { deployment: DEPLOYMENT, buildId: 'two', timeoutMs: 500 }),
  ).rejects.toThrow(/Found no worker of build two in the deployment shop within 0\.5 s/);
  expect(await deployVersion(env.client, { deployment: DEPLOYMENT, buildId: 'one' })).toBeNull();
  await until('build one to run it', async () => (await buildsOf(early)).includes('one'));
  expect(await createReadiness(services)()).toEqual([]);

  await startBuild('two');
  const before = await deployVersion(env.client, { deployment: DEPLOYMENT, buildId: 'two' });
  expect(before).toBe('one');
  const late = await enter('late');
  await until('build two to run it', async () => (await buildsOf(late)).includes('two'));
  expect(await buildsOf(late)).not.toContain('one');
});
