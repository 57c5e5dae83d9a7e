import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { loadJourneys } from '../../src/app/load-journeys';
import { createLogger } from '../../src/logger';
import { installTemporalRuntime } from '../../src/roles/temporal-runtime';
import { app } from '../../src/workflows/app';
import { environment } from '../support/engine';

const HISTORIES = join(__dirname, 'histories');
const recorded = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));

beforeAll(() => installTemporalRuntime('error', createLogger('error')));

/** A changed journey must still replay recorded histories. */
it.each(recorded)('replays %s', async (file) => {
  await replay(readFileSync(join(HISTORIES, file), 'utf8'));
});

it('has a recorded history of every journey of the sample shop', () => {
  const journeys = [...loadJourneys(app).keys()].toSorted();
  expect(recorded.map((file) => file.replace('.json', '')).toSorted()).toEqual(journeys);
});

it('reports a history that the code no longer matches', async () => {
  const text = readFileSync(join(HISTORIES, 'orderConfirmation.json'), 'utf8');
  // As if the journey had once called another local activity.
  const changed = text.replaceAll(/[A-Za-z0-9+/=]{40,}/g, (payload) => {
    const json = Buffer.from(payload, 'base64').toString();
    const renamed = json.replace('"activity_type":"send"', '"activity_type":"carry"');
    return renamed === json ? payload : Buffer.from(renamed).toString('base64');
  });
  expect(changed).not.toBe(text);
  await expect(replay(changed)).rejects.toThrow(/[Nn]on-?determinis/);
});

async function replay(text: string): Promise<void> {
  const history = temporal.api.history.v1.History.fromObject(JSON.parse(text) as object);
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: environment('TEST_SHOP_BUNDLE') } },
    history,
  );
}
