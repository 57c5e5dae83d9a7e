import type { Logger } from '../../logger';
import type { Clock } from '../../domain/clock';
import {
  dueSignals,
  dueStarts,
  recordFailure,
  removeRows,
  type WaitingSignal,
  type WaitingStart,
} from '../outbox-rows';
import { carrySignals, carryStart, type CarrierDeps } from './relay-carrier';
import { DispatchQueue, type DispatchRow, type Group } from './dispatch-queue';
import { createLaneLease, releaseLanes } from './lane-leases';
import { runPollLoop, type Round } from './poll-loop';
import { StartPace, type Backlog } from './start-pace';

export interface RelayDeps extends CarrierDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The name of this relay in the leases; stable for the one relay of an embedded system. */
  readonly owner: string;
  /** Calls back when rows of a kind, or of any kind, were added; resolves to how to stop. */
  readonly listen: (wake: (kind?: string) => void) => Promise<() => Promise<void>>;
  /** The workers' backlog, which limits the starts. */
  readonly backlog: () => Promise<Backlog>;
}

export interface Relay {
  stop(): Promise<void>;
  /** Milliseconds since the last round without an error. */
  idleSince(): number;
}

const MAX_SIGNALS = 500;
const MAX_STARTS = 100;
const SIGNALS_AT_ONCE = 32;
/** Fewer than signals, so that running journeys come first. */
const STARTS_AT_ONCE = 8;
/** Up to this many starts are sent without checking the backlog. */
const FEW_STARTS = 4;
const MAX_ATTEMPTS = 10;
const MAX_BACKOFF_MS = 30_000;

/**
 * Dispatches the outbox to Temporal: starts and signals, in order per enrollment. A row is deleted
 * only after Temporal has accepted it, so a crash repeats rows and loses none. While Temporal is
 * unavailable the relay backs off; a row that Temporal rejects is retried on its own, and becomes a
 * dead letter with its error after ten attempts.
 *
 * Signals are sent as they arrive; starts are sent in rounds, limited by `StartPace`.
 */
export async function startRelay(deps: RelayDeps): Promise<Relay> {
  const lease = createLaneLease(deps.db, deps.owner);
  const pace = new StartPace();
  let lastGood = performance.now();

  /** Counts notifications of signals, to detect those that arrived after a group was read. */
  let calls = 0;
  const callsAt = new WeakMap<Group<WaitingSignal>, number>();
  /** Whether the last read was full, so that there may be more rows. */
  let more = false;
  const remove = (ids: readonly number[]) => removeRows(deps.db, ids);

  const signalFlow = new DispatchQueue<WaitingSignal>({
    width: SIGNALS_AT_ONCE,
    carry: (group) => carrySignals(deps, group),
    remove,
    requeue,
    onDrained(groups) {
      // Signals for an enrollment that was being signalled were left in the outbox.
      const passedOver = groups.some((group) => callsAt.get(group) !== calls);
      const roomy = signalFlow.enrollments.length <= MAX_SIGNALS / 2;
      if (passedOver || (more && roomy)) signalRounds.wake();
    },
  });
  const startFlow = new DispatchQueue<WaitingStart>({
    width: STARTS_AT_ONCE,
    carry: ([row]) => carryStart(deps, row),
    remove,
    requeue,
    onDrained: () => undefined,
  });

  async function signals(): Promise<Round> {
    if (signalFlow.isAway()) return 'away';
    const lanes = await lease();
    const busy = signalFlow.enrollments;
    const room = MAX_SIGNALS - busy.length;
    if (lanes.length === 0 || room <= 0) return 'idle';
    const before = calls;
    const rows = await dueSignals(deps.db, lanes, busy, deps.clock.now(), room);
    more = rows.length === room;
    const groups = byEnrollment(rows);
    for (const group of groups) callsAt.set(group, before);
    signalFlow.add(groups);
    return 'idle';
  }

  async function starts(): Promise<Round> {
    if (startFlow.isAway()) return 'away';
    const lanes = await lease();
    if (lanes.length === 0) return 'idle';
    const due = await dueStarts(deps.db, lanes, deps.clock.now(), MAX_STARTS);
    if (due.length === 0) return 'idle';
    const room = due.length <= FEW_STARTS ? due.length : pace.room(await deps.backlog());
    if (room === 0) return 'held';
    startFlow.add(due.slice(0, room).map((row) => [row] as const));
    await startFlow.settled();
    if (startFlow.isAway()) return 'away';
    signalRounds.wake(); // for the signals that waited for these starts
    return room < due.length || due.length === MAX_STARTS ? 'busy' : 'idle';
  }

  async function requeue(rows: Group<DispatchRow>, error: string): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const attempts = Math.max(...rows.map((row) => row.attempts)) + 1;
    const now = deps.clock.now();
    const parked = attempts >= MAX_ATTEMPTS;
    const wait = Math.min(MAX_BACKOFF_MS, 250 * 2 ** attempts);
    await recordFailure(deps.db, ids, {
      error,
      retryAt: new Date(now.getTime() + wait),
      parkedAt: parked ? now : null,
    });
    if (parked) deps.logger.error({ ids, error }, 'outbox rows became dead letters');
  }

  const onGood = () => {
    lastGood = performance.now();
  };
  const options = { logger: deps.logger, onGood };
  const signalRounds = runPollLoop(signals, options);
  const startRounds = runPollLoop(starts, options);
  const unlisten = await deps.listen((kind) => {
    if (kind !== 'start') {
      calls++;
      signalRounds.wake();
    }
    if (kind !== 'signal') startRounds.wake();
  });
  return {
    idleSince: () => performance.now() - lastGood,
    async stop() {
      await Promise.all([signalRounds.stop(), startRounds.stop()]);
      await signalFlow.settled();
      await unlisten();
      await releaseLanes(deps.db, deps.owner).catch(() => undefined); // the lease expires anyway
    },
  };
}

function byEnrollment(rows: readonly WaitingSignal[]): readonly Group<WaitingSignal>[] {
  const groups = new Map<string, [WaitingSignal, ...WaitingSignal[]]>();
  for (const row of rows) {
    const group = groups.get(row.enrollmentId);
    if (group === undefined) groups.set(row.enrollmentId, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
