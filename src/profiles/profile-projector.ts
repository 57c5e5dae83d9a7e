import { runPollLoop, type Round } from '../outbox/relay/poll-loop';
import type { ProfileRules } from './profile-rules';
import {
  continueBackfill,
  MAX_CHANGES,
  projectChanges,
  readPendingWork,
  refreshDue,
  type ProjectionDeps,
} from './projection-work';
import { registerRules } from './register-rules';

export interface ProjectorDeps extends Omit<ProjectionDeps, 'rulesHash' | 'rules'> {
  readonly rules: ProfileRules;
}

export interface ProfileProjector {
  /** Polls immediately, since there may be work. */
  wake(): void;
  /** Whether every change up to now, by event or by time, has been projected. */
  isSettled(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * How often an idle projector polls. Storing an event sends no notification, since that would
 * serialise the commits of ingest; a poll costs four index probes.
 */
const POLL_MS = 100;
/** After low-priority work, wait four times as long as it took: it gets a fifth of the time. */
const LOW_PRIORITY_PAUSE = 4;

/**
 * Keeps profiles and segments up to date behind ingest. It projects queued changes, urgent ones
 * (those that a segment depends on) first; recomputes customers whose deadline has passed; and
 * backfills all customers after the rules have changed. Any number of projectors may run: each
 * piece of work is claimed by one of them in one transaction, so one may be killed at any time.
 */
export async function startProfileProjector(deps: ProjectorDeps): Promise<ProfileProjector> {
  const { db, clock, rules, logger } = deps;
  const rulesHash = await registerRules(db, rules, clock.now());
  const work: ProjectionDeps = { ...deps, rulesHash };
  let pausedUntil = 0;
  let loggedOtherRules = false;

  async function round(): Promise<Round> {
    const pending = await readPendingWork(work);
    if (pending === undefined) {
      if (!loggedOtherRules) {
        logger.info('another process has registered other segments and projects the changes');
      }
      loggedOtherRules = true;
      return 'idle';
    }
    let more = false;
    if (pending.urgent) more = (await projectChanges(work, true)) === MAX_CHANGES;
    if (pending.due) more = (await refreshDue(work)) > 0 || more;
    if (!pending.deferred && !pending.backfill) return more ? 'busy' : 'idle';
    const startedAt = performance.now();
    if (startedAt < pausedUntil) return more ? 'busy' : 'held';
    if (pending.deferred) more = (await projectChanges(work, false)) > 0 || more;
    // The backfill has the lowest priority; it waits while there are urgent changes.
    if (pending.backfill) more = (await continueBackfill(work)) !== undefined || more;
    const tookMs = performance.now() - startedAt;
    if (pending.deferred) pausedUntil = startedAt + tookMs * (1 + LOW_PRIORITY_PAUSE);
    return more ? 'busy' : 'idle';
  }

  const loop = runPollLoop(round, {
    logger,
    onGood: () => undefined,
    pollMs: POLL_MS,
    failure: 'profiles and segments could not be updated',
  });
  return {
    wake: () => loop.wake(),
    async isSettled() {
      const pending = await readPendingWork(work);
      if (pending === undefined) return true;
      return !(pending.urgent || pending.deferred || pending.due || pending.backfill);
    },
    stop: () => loop.stop(),
  };
}
