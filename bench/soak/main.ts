import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { readConfig } from '../../src/config';
import { bothSides, makeKnown, newPopulation } from '../cases/sides';
import { residentBytes } from '../stage/cpu-time';
import { openStage, type Stage } from '../stage/open-stage';
import { startDevServer } from '../stage/temporal-server';
import { WRITE_KEY } from '../stage/ours';
import { machineFacts } from '../report/machine';
import { writeJson } from '../report/write-results';
import { BOUND, flatnessOf, type Reading } from './flatness';

const EVENTS_A_SECOND = 100;
const JOURNEYS_AT_A_TIME = 4;
const EVERY_SECONDS = 10;

new Command('soak')
  .description('Holds a steady load on Throughline and says whether its memory stays flat.')
  .option('--minutes <n>', 'how long', '30')
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });

async function main({ minutes }: { readonly minutes: string }): Promise<void> {
  const seconds = Number(minutes) * 60;
  if (!(seconds >= 60)) {
    throw new Error(`Found --minutes ${minutes}; expected at least 1. Give a number of minutes.`);
  }
  const log = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const stage = await openStage({ config: readConfig(), startTemporal: startDevServer, log });
  const interrupted = new Promise<never>((_, reject) => {
    process.once('SIGINT', () => reject(new Error('The soak was ended before its time.')));
  });
  interrupted.catch(() => undefined); // where nothing waits for it any more
  try {
    await Promise.race([soak(stage, seconds, log), interrupted]);
  } finally {
    await stage.close();
  }
}

async function soak(stage: Stage, seconds: number, log: (sentence: string) => void): Promise<void> {
  const { ours } = await bothSides(stage);
  const load = await stage.load();
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  let journeys = 0;

  const shoppers = newPopulation('soak-shopper', 500);
  await makeKnown(stage, ours, shoppers);
  const events = load.call('sendIngestLoad', {
    target: { url: ours.door.url, writeKey: WRITE_KEY },
    kind: 'unwanted',
    population: shoppers,
    batch: 1,
    concurrency: 4,
    seconds,
    rate: EVENTS_A_SECOND,
  });
  async function enroll(): Promise<void> {
    while (elapsed() < seconds) {
      const population = newPopulation('soak', 20);
      await makeKnown(stage, ours, population);
      const given = { door: ours.door, population, concurrency: JOURNEYS_AT_A_TIME };
      journeys += (await load.call('sendJourneyLoad', given)).journeys;
    }
  }

  const readings = new Map<string, Reading[]>();
  async function sample(): Promise<void> {
    while (elapsed() < seconds) {
      for (const [name, bytes] of await memoryOf(stage)) {
        const list = readings.get(name) ?? [];
        readings.set(name, list);
        list.push({ at: elapsed(), bytes });
      }
      log(`${Math.round(elapsed())} s  ${journeys} journeys  ${lastOf(readings)}`);
      await pause(EVERY_SECONDS * 1000);
    }
  }
  const [{ events: sent }] = await Promise.all([events, enroll(), sample()]);
  tell({ readings, seconds, sent, journeys });
}

/** Live objects after a collection, and resident bytes, of each process of ours and of the servers. */
async function memoryOf(stage: Stage): Promise<readonly (readonly [string, number])[]> {
  const [api, relay, worker] = [
    await stage.ours.api(),
    await stage.ours.relay(),
    await stage.ours.worker(),
  ];
  const ours = await Promise.all(
    [api, relay, worker].map(async (each) => {
      const { live, resident } = await each.call('memoryUse', undefined);
      return [
        [`${each.name} live`, live],
        [`${each.name} resident`, resident],
      ] as const;
    }),
  );
  const servers = (await stage.temporal())
    .processes()
    .map(({ name, pid }) => [`${name} resident`, residentBytes(pid)] as const);
  return [...ours.flat(), ...servers];
}

interface Outcome {
  readonly readings: ReadonlyMap<string, readonly Reading[]>;
  readonly seconds: number;
  readonly sent: number;
  readonly journeys: number;
}

/**
 * Resident memory settles only after about ten minutes, when collections and the allocator have
 * returned what they held at the start; a shorter soak judges live objects only.
 */
const MIN_SECONDS_FOR_RESIDENT = 15 * 60;

/** One line: whether memory is flat. The servers' is shown and not judged, as it is not ours. */
function tell({ readings, seconds, sent, journeys }: Outcome): void {
  const judged = [...readings].map(([name, list]) => ({
    name,
    counts:
      !name.startsWith('server') &&
      (seconds >= MIN_SECONDS_FOR_RESIDENT || !name.endsWith('resident')),
    ...flatnessOf(list),
  }));
  const grown = judged.filter(({ counts, flat }) => counts && !flat);
  const file = writeJson(resolve('bench', 'results'), 'soak', {
    at: new Date().toISOString(),
    machine: machineFacts(),
    seconds,
    events: sent,
    journeys,
    judged,
    readings: Object.fromEntries(readings),
  });
  console.log(`Everything measured: ${file}`);
  const figures = judged
    .map(({ name, risenBytes, meanBytes }) => {
      const sign = risenBytes < 0 ? '-' : '+';
      return `${name} ${megabytes(meanBytes)} MB ${sign}${megabytes(Math.abs(risenBytes))}`;
    })
    .join(', ');
  const verdict =
    grown.length === 0 ? 'flat' : `NOT flat (${grown.map(({ name }) => name).join(', ')})`;
  console.log(
    `soak of ${Math.round(seconds / 60)} minutes, ${sent} events, ${journeys} journeys: memory is ${verdict}; mean and rise after the first third (bound ${BOUND * 100} %): ${figures}`,
  );
  if (grown.length > 0) process.exitCode = 1;
}

function lastOf(readings: ReadonlyMap<string, readonly Reading[]>): string {
  return [...readings]
    .map(([name, list]) => `${name} ${megabytes(list.at(-1)?.bytes ?? 0)} MB`)
    .join(', ');
}

function megabytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
