import type { Logger } from '../logger';
import type { Clock } from '../domain/clock';
import { carrySignals, carryStart, type Carried, type CarrierDeps } from './relay-carrier';
import { leaseLanes, LEASE_SECONDS, releaseLanes } from './relay-lanes';
import { dueSignals, dueStarts, noteFailure, removeRows, type WaitingSignal } from './outbox-rows';

export interface RelayDeps extends CarrierDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this relay among its peers. The one relay of an embedded home keeps its name. */
  readonly owner: string;
  /** Calls back when the outbox may have something; returns how to stop. */
  readonly listen: (wake: () => void) => Promise<() => Promise<void>>;
}

export interface Relay {
  stop(): Promise<void>;
  /** Milliseconds since the relay last went through the outbox without an error. */
  idleSince(): number;
}

const POLL_MS = 500;
const MOST_SIGNALS = 500;
const MOST_STARTS = 100;
const SIGNALS_AT_ONCE = 32;
/** Starts go through a narrower door than signals, so that journeys that react go first. */
const STARTS_AT_ONCE = 8;
const MOST_ATTEMPTS = 10;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Carries the outbox to Temporal: starts and signals, in the order in which they were written for
 * each enrollment. A row is deleted only after Temporal has taken it, so a crash repeats rows and
 * loses none. While Temporal is away the relay backs off as a whole; a row that Temporal refuses is
 * tried again by itself, and parked with its error after ten attempts.
 */
export async function startRelay(deps: RelayDeps): Promise<Relay> {
  let stopping = false;
  let wake: (() => void) | undefined;
  let woken = false;
  let leasedAt = 0;
  let lanes: readonly number[] = [];
  let backoff = 0;
  let lastGood = performance.now();
  const ring = () => {
    woken = true;
    wake?.();
  };
  const unlisten = await deps.listen(ring);

  /** Waits; what arrives meanwhile ends the wait, unless the relay is backing off. */
  async function rest(milliseconds: number, backingOff = false): Promise<void> {
    if ((woken && !backingOff) || stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        if (backingOff && !stopping) return;
        clearTimeout(timer);
        resolve();
      };
    });
    wake = undefined;
  }

  async function round(): Promise<'busy' | 'idle' | 'away'> {
    // A lane may be lost to a peer once a third of its lease is left unrenewed, never before.
    if (performance.now() - leasedAt > (LEASE_SECONDS * 1000) / 3) {
      lanes = await leaseLanes(deps.db, deps.owner);
      leasedAt = performance.now();
    }
    if (lanes.length === 0) return 'idle';
    const now = deps.clock.now();
    const [signals, starts] = [
      await dueSignals(deps.db, lanes, now, MOST_SIGNALS),
      await dueStarts(deps.db, lanes, now, MOST_STARTS),
    ];
    const told = await inParallel(byEnrollment(signals), SIGNALS_AT_ONCE, (rows) =>
      settle(rows, carrySignals(deps, rows)),
    );
    const started = await inParallel(starts, STARTS_AT_ONCE, (row) =>
      settle([row], carryStart(deps, row)),
    );
    if (told.includes('away') || started.includes('away')) return 'away';
    return signals.length + starts.length > 0 ? 'busy' : 'idle';
  }

  async function settle(
    rows: readonly { readonly id: number; readonly attempts: number }[],
    carrying: Promise<Carried>,
  ): Promise<'done' | 'away'> {
    const carried = await carrying;
    const ids = rows.map(({ id }) => id);
    if (carried === 'away') return 'away';
    if (carried === 'done') {
      await removeRows(deps.db, ids);
      return 'done';
    }
    const attempts = Math.max(...rows.map((row) => row.attempts)) + 1;
    const now = deps.clock.now();
    const parked = attempts >= MOST_ATTEMPTS;
    const wait = Math.min(LONGEST_BACKOFF_MS, 250 * 2 ** attempts);
    await noteFailure(deps.db, ids, {
      error: carried.refused,
      retryAt: new Date(now.getTime() + wait),
      parkedAt: parked ? now : null,
    });
    if (parked) deps.logger.error({ ids, error: carried.refused }, 'parked outbox rows');
    return 'done';
  }

  async function run(): Promise<void> {
    for (;;) {
      if (stopping) return;
      woken = false;
      try {
        const result = await round();
        if (result === 'away') {
          backoff = Math.min(LONGEST_BACKOFF_MS, Math.max(250, backoff * 2));
          deps.logger.warn({ backoff }, 'Temporal is away; the outbox waits');
          await rest(backoff, true);
          continue;
        }
        backoff = 0;
        lastGood = performance.now();
        if (result === 'idle') await rest(POLL_MS);
      } catch (error) {
        backoff = Math.min(LONGEST_BACKOFF_MS, Math.max(250, backoff * 2));
        deps.logger.warn({ error, backoff }, 'the relay could not read its outbox');
        await rest(backoff, true);
      }
    }
  }

  const running = run();
  return {
    idleSince: () => performance.now() - lastGood,
    async stop() {
      stopping = true;
      ring();
      await running;
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

async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) {
      results.push(await work(items[at] as T));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
