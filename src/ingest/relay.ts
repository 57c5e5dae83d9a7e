import type { Logger } from '../logger';
import type { Clock } from '../domain/clock';
import { dueSignals, dueStarts, noteFailure, removeRows, type WaitingSignal } from './outbox-rows';
import { carrySignals, carryStart, type Carried, type CarrierDeps } from './relay-carrier';
import { createLaneLease, releaseLanes } from './relay-lanes';
import { runRounds, type Round } from './relay-rounds';
import { StartPace, type Backlog } from './start-pace';

export interface RelayDeps extends CarrierDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this relay among its peers. The one relay of an embedded home keeps its name. */
  readonly owner: string;
  /** Calls back when the outbox may have something; returns how to stop. */
  readonly listen: (wake: () => void) => Promise<() => Promise<void>>;
  /** What waits for the workers; starts are held back by it. */
  readonly backlog: () => Promise<Backlog>;
}

export interface Relay {
  stop(): Promise<void>;
  /** Milliseconds since the relay last went through the outbox without an error. */
  idleSince(): number;
}

const MOST_SIGNALS = 500;
const MOST_STARTS = 100;
const SIGNALS_AT_ONCE = 32;
/** Starts go through a narrower door than signals, so that journeys that react go first. */
const STARTS_AT_ONCE = 8;
/** So few starts are no burst; they go without a look at the backlog. */
const FEW_STARTS = 4;
/** Rows that were carried are deleted so many at a time; a crash repeats no more than those. */
const DELETED_TOGETHER = 64;
const MOST_ATTEMPTS = 10;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Carries the outbox to Temporal: starts and signals, in the order in which they were written for
 * each enrollment. A row is deleted only after Temporal has taken it, so a crash repeats rows and
 * loses none. While Temporal is away the relay backs off as a whole; a row that Temporal refuses is
 * tried again by itself, and parked with its error after ten attempts.
 *
 * Signals and starts go round by round side by side: signals as fast as they come, starts as fast
 * as the workers keep up with them.
 */
export async function startRelay(deps: RelayDeps): Promise<Relay> {
  const lease = createLaneLease(deps.db, deps.owner);
  const pace = new StartPace();
  let lastGood = performance.now();

  async function signals(): Promise<Round> {
    const lanes = await lease();
    if (lanes.length === 0) return 'idle';
    const rows = await dueSignals(deps.db, lanes, deps.clock.now(), MOST_SIGNALS);
    return carryAll(byEnrollment(rows), SIGNALS_AT_ONCE, (group) => carrySignals(deps, group));
  }

  async function starts(): Promise<Round> {
    const lanes = await lease();
    if (lanes.length === 0) return 'idle';
    const due = await dueStarts(deps.db, lanes, deps.clock.now(), MOST_STARTS);
    const room = due.length <= FEW_STARTS ? due.length : pace.room(await deps.backlog());
    if (due.length > 0 && room === 0) return 'held';
    const rows = due.slice(0, room).map((row) => [row] as const);
    return carryAll(rows, STARTS_AT_ONCE, ([row]) => carryStart(deps, row));
  }

  /** Carries groups of rows, so many at a time, and deletes what Temporal has taken. */
  async function carryAll<Row extends { readonly id: number; readonly attempts: number }>(
    groups: readonly (readonly [Row, ...Row[]])[],
    width: number,
    carry: (group: readonly [Row, ...Row[]]) => Promise<Carried>,
  ): Promise<Round> {
    let away = false;
    let next = 0;
    let taken: number[] = [];
    const remove = async (atLeast: number) => {
      if (taken.length < atLeast) return;
      const ids = taken;
      taken = [];
      await removeRows(deps.db, ids);
    };
    const lane = async () => {
      for (let at = next++; at < groups.length && !away; at = next++) {
        const group = groups[at] as readonly [Row, ...Row[]];
        const carried = await carry(group);
        if (carried === 'away') away = true;
        else if (carried === 'done') taken.push(...group.map(({ id }) => id));
        else await setBack(group, carried.refused);
        await remove(DELETED_TOGETHER);
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, groups.length) }, lane));
    await remove(1);
    if (away) return 'away';
    return groups.length > 0 ? 'busy' : 'idle';
  }

  async function setBack(
    rows: readonly { readonly id: number; readonly attempts: number }[],
    error: string,
  ): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const attempts = Math.max(...rows.map((row) => row.attempts)) + 1;
    const now = deps.clock.now();
    const parked = attempts >= MOST_ATTEMPTS;
    const wait = Math.min(LONGEST_BACKOFF_MS, 250 * 2 ** attempts);
    await noteFailure(deps.db, ids, {
      error,
      retryAt: new Date(now.getTime() + wait),
      parkedAt: parked ? now : null,
    });
    if (parked) deps.logger.error({ ids, error }, 'parked outbox rows');
  }

  const onGood = () => {
    lastGood = performance.now();
  };
  const rounds = [
    runRounds(signals, { logger: deps.logger, onGood }),
    runRounds(starts, { logger: deps.logger, onGood }),
  ];
  const unlisten = await deps.listen(() => {
    for (const each of rounds) each.wake();
  });
  return {
    idleSince: () => performance.now() - lastGood,
    async stop() {
      await Promise.all(rounds.map((each) => each.stop()));
      await unlisten();
      await releaseLanes(deps.db, deps.owner).catch(() => undefined); // the lease ends anyway
    },
  };
}

function byEnrollment(
  rows: readonly WaitingSignal[],
): readonly (readonly [WaitingSignal, ...WaitingSignal[]])[] {
  const groups = new Map<string, [WaitingSignal, ...WaitingSignal[]]>();
  for (const row of rows) {
    const group = groups.get(row.enrollmentId);
    if (group === undefined) groups.set(row.enrollmentId, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
