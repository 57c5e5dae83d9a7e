import { Connection } from '@temporalio/client';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../src/db/connect';
import { startGround, type Ground } from './ground';
import { growEvents } from './disk-quota';
import { inflictAll } from './inflict';
import type { LoadCustomer } from './load';
import { startMailServer } from './mail-server';
import { lineOf, isProven } from './proof/figures';
import { prove, type Proof } from './proof/prove';
import { journeysIn } from './proof/journeys-in-temporal';
import { readStored } from './proof/stored';
import { seeded } from './random';
import { untilRest } from './rest';
import type { ProcessSetting } from './role-process';
import type { RunLog } from './run-log';
import type { Track } from './schedule';
import { createSender } from './sender';
import { startSystem, ROLES } from './system';

export interface RunSettings {
  readonly seed: number;
  readonly customers: readonly LoadCustomer[];
  /** The time over which the customers' events are spread. */
  readonly loadMs: number;
  readonly tracks: readonly Track[];
  /** How long the system may take to settle after the faults have ended. */
  readonly restMs: number;
  /** How long it may show no change meanwhile. */
  readonly stillMs: number;
  readonly log: RunLog;
  readonly cacheDir: string;
  readonly searchPath: string;
  readonly temporalCli?: string | undefined;
  /** Servers that run already and are not stopped; by default the run starts its own. */
  readonly ground?: Ground;
  /** The application; by default app/. */
  readonly app?: string;
  /** The folder of cached workflow bundles; by default one of this run. */
  readonly bundleFolder?: string;
  /** Further options of every process of the product. */
  readonly given?: Partial<ProcessSetting>;
}

export interface Outcome extends Proof {
  readonly proven: boolean;
  /** The figures in one line. */
  readonly line: string;
}

/**
 * Starts the system, sends it the events of a seed while faults are injected, lets it settle after they
 * have ended, and checks its guarantees from outside.
 */
export async function runFaults(settings: RunSettings): Promise<Outcome> {
  const { seed, customers, log } = settings;
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-faults-'));
    stops.push(() => rm(folder, { recursive: true, force: true }));
    // As root, Postgres runs as another user, who must be able to enter.
    await chmod(folder, 0o711);
    const mail = await startMailServer(seeded(seed));
    stops.push(() => mail.stop());
    log.note('starting Postgres and Temporal');
    const ground = settings.ground ?? (await startOwnGround(settings, folder, stops));
    log.note('starting api, relay and worker');
    const system = await startSystem({
      ground,
      mail,
      logFolder: log.folder,
      searchPath: settings.searchPath,
      app: settings.app ?? join(__dirname, 'app', 'app.js'),
      bundleFolder: settings.bundleFolder ?? folder,
      given: { environment: {}, preloaded: [], ...settings.given },
      note: log.note,
    });
    stops.push(() => system.stop());
    const connection = connect(ground.databaseUrl, 2);
    stops.push(() => connection.close());
    const { db } = connection;
    const temporal = await Connection.connect({ address: ground.temporalAddress });
    stops.push(() => temporal.close());
    const journeys = journeysIn(temporal, system.taskQueue);

    const clientClock = { aheadMs: 0 };
    const sender = createSender({ ...system, now: () => Date.now() + clientClock.aheadMs });
    log.note(`introducing ${customers.length} customers`);
    await sender.introduce(customers);
    if (settings.tracks.flat().some(({ fault }) => fault.kind === 'disk')) await growEvents(db);
    log.note(`sending ${eventsOf(customers)} events; the faults begin`);
    // Where faults take longer than planned, on a busy machine, the events wait for them.
    let begun = settings.tracks.length === 0 ? 1 : 0;
    const onBegun = (share: number) => {
      begun = share;
    };
    const telling = setInterval(() => {
      log.note(`accepted ${sender.acceptedCount}, mails taken ${mail.taken().length}`);
    }, 10_000);
    try {
      await Promise.all([
        sender.send(customers, { seed, overMs: settings.loadMs, allowed: () => begun }),
        inflictAll(
          { system, ground, mail, db, clientClock, note: log.note, onBegun },
          settings.tracks,
        ).then(() => log.note('the faults have ended')),
      ]);
    } finally {
      clearInterval(telling);
    }
    log.note(`all events are accepted, after ${sender.retries} requests that were sent again`);
    await untilRest({
      db,
      journeys,
      maxDurationMs: settings.restMs,
      stillMs: settings.stillMs,
      note: log.note,
    });
    const stored = await readStored(db, journeys);
    const proof = prove(customers, sender.accepted, mail, stored);
    for (const sentence of proof.sentences) log.note(`PROBLEM ${sentence}`);
    for (const role of ROLES) {
      const { endsByItself } = system.roles[role];
      if (endsByItself > 0) log.note(`the ${role} ended by itself ${endsByItself} times`);
    }
    const line = lineOf(seed, proof.figures);
    await writeFile(join(log.folder, 'figures.json'), JSON.stringify(proof, undefined, 2));
    return { ...proof, proven: isProven(proof.figures), line };
  } finally {
    for (const stop of stops.toReversed()) await stop().catch(() => undefined);
  }
}

async function startOwnGround(
  settings: RunSettings,
  folder: string,
  stops: (() => Promise<unknown>)[],
): Promise<Ground> {
  const ground = await startGround({
    folder,
    cacheDir: settings.cacheDir,
    searchPath: settings.searchPath,
    temporalCli: settings.temporalCli,
    note: settings.log.note,
  });
  stops.push(() => ground.stop());
  return ground;
}

function eventsOf(customers: readonly LoadCustomer[]): number {
  return customers.reduce((sum, { events }) => sum + events.length, 0);
}
