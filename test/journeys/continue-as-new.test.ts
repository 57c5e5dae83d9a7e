import { TestWorkflowEnvironment } from '@temporalio/testing';
import { environment, startEngine, type Engine } from '../support/engine';
import { ended, enter, handleOf, noted } from '../support/enrollment-runs';
import { sampleApp } from './sample-app';

let engine: Engine;

beforeAll(async () => {
  const env = () =>
    TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: environment('TEST_TEMPORAL_CLI') },
        // A history counts as long at 40 events instead of 4,096.
        extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=40'],
      },
    });
  engine = await startEngine({ app: sampleApp, bundle: 'TEST_JOURNEYS_BUNDLE', env });
});
afterAll(() => engine.stop());

it('continues an endless loop over many runs without losing an event or its position', async () => {
  const customer = await engine.customer('looper');
  const id = await enter(engine, 'endless', customer);
  const handle = handleOf(engine, 'endless', id);
  const runs = new Set<string>();
  const EVENTS = 60;
  for (let at = 0; at < EVENTS; at++) {
    await engine.track('looper', 'Product Viewed', { product_id: `p${at}` });
    await engine.relayed();
    runs.add((await handle.describe()).runId);
  }
  await engine.track('looper', 'Order Completed', { order_id: 'o' });
  expect(await ended(engine, id)).toBe('completed: finished');
  const note = (await noted(engine, customer)) as { seen: number; way: string; kept: string };
  expect(note.seen).toBe(EVENTS);
  expect(note.kept).toBe(note.way);
  expect(runs.size).toBeGreaterThan(2);
});

it('continues after concurrent steps with the branch that had won', async () => {
  const customer = await engine.customer('racer');
  const id = await enter(engine, 'races', customer);
  for (let at = 0; at < 20; at++) {
    await engine.track('racer', 'Product Viewed', { product_id: `p${at}` });
    await engine.relayed();
  }
  await engine.track('racer', 'Order Completed', { order_id: 'o' });
  expect(await ended(engine, id)).toBe('completed: finished');
  expect(await noted(engine, customer)).toEqual({ winner: 'quick', seen: 20 });
  expect((await handleOf(engine, 'races', id).describe()).historyLength).toBeLessThan(100);
});
