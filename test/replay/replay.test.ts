import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { loadJourneys } from '../../src/app';
import { app } from '../../src/shop-app';
import { environment } from '../support/engine';

const HISTORIES = join(__dirname, 'histories');
const recorded = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));

/** A changed journey must still follow what it did before: promise 11. */
it.each(recorded)('replays %s', async (file) => {
  const history = JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as unknown;
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: environment('TEST_SHOP_BUNDLE') } },
    history,
  );
});

it('has a recorded history of every journey that ships', () => {
  const journeys = [...loadJourneys(app).keys()].toSorted();
  expect(recorded.map((file) => file.replace('.json', '')).toSorted()).toEqual(journeys);
});

it('finds a history that the code no longer follows', async () => {
  const text = readFileSync(join(HISTORIES, 'orderConfirmation.json'), 'utf8');
  // As if the journey had once delivered by another activity.
  const other = JSON.parse(text.replaceAll('"deliver"', '"carry"')) as unknown;
  await expect(
    Worker.runReplayHistory(
      { workflowBundle: { codePath: environment('TEST_SHOP_BUNDLE') } },
      other,
    ),
  ).rejects.toThrow(/[Nn]ondeterminism/);
});
