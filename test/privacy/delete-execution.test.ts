import { TestWorkflowEnvironment } from '@temporalio/testing';
import { deleteExecution } from '../../src/activities/system/delete-executions';
import { workflowIdOf } from '../../src/journey/protocol';
import { sampleApp } from '../journeys/sample-app';
import { environment, startEngine, type Engine } from '../support/engine';
import { enter, handleOf } from '../support/enrollment-runs';

let engine: Engine;

beforeAll(async () => {
  const env = () =>
    TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: environment('TEST_TEMPORAL_CLI') },
        extraArgs: [
          ...['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'],
          ...['--dynamic-config-value', 'history.visibilityProcessorUpdateAckInterval="5s"'],
          ...['--dynamic-config-value', 'history.transferProcessorUpdateAckInterval="5s"'],
        ],
      },
    });
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE', env });
});
afterAll(() => engine.stop());

it('deletes every run of an enrollment that continued as new, while it runs', async () => {
  const looper = `looper-${performance.now()}`;
  const customer = await engine.customer(looper);
  const id = await enter(engine, 'endless', customer);
  const handle = handleOf(engine, 'endless', id);
  const runs = new Set<string>();
  for (let at = 0; at < 60; at++) {
    await engine.track(looper, 'Product Viewed', { product_id: `p${at}` });
    await engine.relayed();
    runs.add((await handle.describe()).runId);
  }
  expect(runs.size).toBeGreaterThan(2);
  await engine.until('Temporal to have deleted it', async () => {
    return (await deleteExecution(engine.client, workflowIdOf('endless', id))) === 'deleted';
  });
  for (const runId of runs) {
    const run = engine.client.workflow.getHandle(workflowIdOf('endless', id), runId);
    await engine.until('each run to be gone', () =>
      run.fetchHistory().then(
        () => false,
        (error: unknown) => error instanceof Error,
      ),
    );
  }
});

it('reports a workflow that never existed as deleted', async () => {
  expect(await deleteExecution(engine.client, 'endless/never')).toBe('deleted');
});
