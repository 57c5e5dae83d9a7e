import type { EventKind } from '../load/events';
import type { Row } from '../report/row';
import { atMost } from '../report/targets';
import { WRITE_KEY } from '../stage/ours';
import type { BenchCase, CaseContext } from './bench-case';
import { bothSides, makeKnown, newPopulation } from './sides';

/** What workers ask on their own, whether or not anything happens. */
const BACKGROUND = /^(Poll|RecordWorkerHeartbeat|GetSystemInfo|DescribeNamespace|ShutdownWorker)/;

/** How many calls Temporal gets for events that no enrollment wants, by its own count. */
export const temporalCalls: BenchCase = {
  name: 'temporal-calls',
  title: 'Temporal calls for events that no enrollment wants',
  run: runTemporalCalls,
};

async function runTemporalCalls(context: CaseContext): Promise<readonly Row[]> {
  const { quick, stage, say } = context;
  const { metricsUrl } = await stage.temporal();
  const { ours } = await bothSides(stage);
  const load = await stage.load();
  const population = newPopulation('unwanted', quick ? 40 : 200);
  await makeKnown(stage, ours, population);
  // An enrollment that waits for something else makes the routing look, as it would in production.
  const waiting = { door: ours.door, story: 'parked' as const, population, concurrency: 8 };
  await load.call('startAll', { ...waiting, deliveries: 0 });
  await untilQuiet(metricsUrl);
  say('sending events that nobody wants');
  const before = await callsOf(metricsUrl);
  const seconds = quick ? 1 : 5;
  const target = { url: ours.door.url, writeKey: WRITE_KEY };
  const given = { target, kind: 'unwanted' as EventKind, population, seconds };
  const batches = await load.call('sendIngestLoad', { ...given, batch: 100, concurrency: 4 });
  const others = await load.call('sendIngestLoad', {
    ...given,
    kind: 'signals',
    batch: 100,
    concurrency: 4,
  });
  const singles = await load.call('sendIngestLoad', { ...given, batch: 1, concurrency: 16 });
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // the relay would have come round
  const after = await callsOf(metricsUrl);
  const made = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  for (const [name, count] of made) if (count > 0) say(`${name} was called ${count} times`);
  const calls = made.reduce((sum, [, count]) => sum + count, 0);
  const events = batches.events + singles.events + others.events;
  return [
    {
      case: 'temporal-calls',
      what: `Temporal calls for ${events.toLocaleString('en')} events that nobody wants`,
      unit: 'calls',
      bare: null,
      ours: calls,
      ratios: [],
      runs: { bare: [], ours: [calls] },
      target: { ...atMost(0)({ ours: calls, ratio: Number.NaN }), text: 'none' },
    },
  ];
}

/** What was started before goes on for some moments. */
async function untilQuiet(metricsUrl: string | undefined): Promise<void> {
  const total = async () => [...(await callsOf(metricsUrl)).values()].reduce((a, b) => a + b, 0);
  for (let last = -1, now = await total(); now !== last; now = await total()) {
    if (now === 0) {
      throw new Error(
        'Found no call counted after journeys had been started; expected some. The metrics of this Temporal server are not named as they were; mend how they are read.',
      );
    }
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

/** The calls that clients made so far, by name, without what goes on in the background. */
async function callsOf(metricsUrl: string | undefined): Promise<ReadonlyMap<string, number>> {
  if (metricsUrl === undefined) {
    throw new Error(
      'Found no address at which this Temporal server tells its metrics; expected one, to count its calls. Leave the case temporal-calls out, or let the server tell them.',
    );
  }
  const text = await (await fetch(metricsUrl)).text();
  const calls = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('service_requests{')) continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const name = label('operation');
    const asked = label('service_name') === 'frontend' && label('namespace') === 'default';
    if (!asked || BACKGROUND.test(name)) continue;
    calls.set(name, (calls.get(name) ?? 0) + Number(line.slice(line.lastIndexOf(' '))));
  }
  return calls;
}
