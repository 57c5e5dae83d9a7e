import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLoad, type LoadCustomer } from '../../faults/load';
import type { RunSettings } from '../../faults/run';
import type { Fault, Track } from '../../faults/schedule';
import {
  startTemporalDevServer,
  type RunningTemporal,
} from '../../src/embedded/temporal/temporal-dev-server';
import { SEARCH_ATTRIBUTES } from '../../src/outbox/relay/search-attributes';
import { environment } from '../support/engine';
import { cloneDatabase } from '../support/stack';
import { proofRun } from './proof-run';

const SEED = 5;
const PATIENCE = 400_000;
const removal = (file: string) => join(__dirname, 'removals', file);

let folder: string;
let temporal: RunningTemporal;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-removals-'));
  temporal = await startTemporalDevServer({
    binary: environment('TEST_TEMPORAL_CLI'),
    dbFile: join(folder, 'temporal.db'),
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => undefined,
  });
}, 120_000);

afterAll(async () => {
  await temporal.stop();
  await rm(folder, { recursive: true, force: true });
});

type Removed = Pick<RunSettings, 'customers' | 'loadMs' | 'tracks' | 'stillMs'> &
  Partial<Pick<RunSettings, 'app' | 'given'>>;

/** A run against one database of its own, in which a safeguard is missing. */
async function runWithout(removed: Removed) {
  const database = await cloneDatabase(environment('TEST_POSTGRES_URL'), 'throughline_template');
  try {
    const outcome = await proofRun({
      seed: SEED,
      restMs: 240_000,
      bundleFolder: folder,
      ground: {
        databaseUrl: database.url,
        temporalAddress: temporal.address,
        pidOf: () => undefined,
        stop: () => Promise.resolve(),
      },
      ...removed,
    });
    console.log(`${outcome.told}\n${outcome.line}`);
    expect(outcome.proven).toBe(false);
    return outcome.figures;
  } finally {
    await database.drop();
  }
}

/** The faults one after the other, as the times say. */
const track = (...faults: readonly (readonly [at: number, fault: Fault])[]): Track =>
  faults.map(([at, fault]) => ({ at, fault }));

/** The customers whose stories have some of these events, and only those events. */
function only(names: readonly string[], customers: readonly LoadCustomer[]) {
  return customers
    .map((customer) => ({
      ...customer,
      events: customer.events.filter(({ name }) => names.includes(name)),
    }))
    .filter(({ events }) => events.length > 0);
}

const DIARY = ['Diary Opened', 'Diary Written'];
const INTEREST = ['Product Viewed', 'Offer Taken', 'Interest Lost'];

describe('the proof fails when a safeguard is taken out:', () => {
  it(
    'without the claim on messageIds, what is sent again is stored twice',
    async () => {
      const figures = await runWithout({
        given: { preloaded: [removal('accepting-repeats.cjs')] },
        customers: makeLoad(SEED, 15),
        loadMs: 4_000,
        tracks: [
          track([500, { kind: 'line', line: 'door', fault: 'losing answers', forMs: 2_000 }]),
        ],
        stillMs: 20_000,
      });
      expect(figures.storedTwice).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  it(
    'with an outbox that forgets before Temporal has taken, events are lost',
    async () => {
      const figures = await runWithout({
        given: { preloaded: [removal('forgetting-too-soon.cjs')] },
        customers: makeLoad(SEED, 15),
        loadMs: 4_000,
        tracks: [
          track([0, { kind: 'line', line: 'relay-temporal', fault: 'frozen', forMs: 4_000 }]),
          track([3_000, { kind: 'kill', victim: 'relay', forMs: 100 }]),
        ],
        stillMs: 12_000,
      });
      expect(figures.lost).toBeGreaterThan(0);
      expect(figures.mismatched).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  it(
    'without a look at the attempt before, marketing is sent twice',
    async () => {
      const figures = await runWithout({
        given: { preloaded: [removal('forgetting-attempts.cjs')] },
        customers: only(INTEREST, makeLoad(SEED, 60)),
        loadMs: 2_000,
        // Answers that are slow, so that mails which were taken wait for them when the worker dies.
        tracks: [
          track([0, { kind: 'mail', fault: 'slow', forMs: 3_000 }]),
          track(
            [1_000, { kind: 'kill', victim: 'worker', forMs: 100 }],
            [2_000, { kind: 'kill', victim: 'worker', forMs: 100 }],
          ),
        ],
        stillMs: 60_000,
      });
      expect(figures.marketingTwice).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  it(
    'without a look at the sequence, a journey sees events again',
    async () => {
      const figures = await runWithout({
        app: removal('repeated-signals-app.js'),
        given: {
          preloaded: [removal('dying-before-forgetting.cjs')],
          environment: { FAULTS_DEATHS: join(folder, 'deaths') },
        },
        customers: only(DIARY, makeLoad(SEED, 60)),
        loadMs: 8_000,
        tracks: [],
        stillMs: 30_000,
      });
      expect(figures.outOfOrder).toBeGreaterThan(0);
    },
    PATIENCE,
  );
});
