import { runPollLoop, type Round } from '../outbox/relay/poll-loop';
import type { ProfileRules } from './profile-rules';
import {
  followChanges,
  MAX_CHANGES,
  openWork,
  sweepDue,
  continueBackfill,
  type ProfileWorkDeps,
} from './projection-work';
import { registerRules } from './register-rules';

export interface ProjectorDeps extends Omit<ProfileWorkDeps, 'held' | 'rules'> {
  readonly rules: ProfileRules;
}

export interface ProfileProjector {
  /** Ends a rest, since there may be work. */
  wake(): void;
  /** Whether everything that events and time have changed up to now is followed. */
  isSettled(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * How often an idle follower looks. Storing an event tells nobody: a notification would make the
 * transactions of ingest wait for each other, and a look costs four probes of indexes.
 */
const POLL_MS = 100;
/** What no segment waits for gets at most a fifth of the time. */
const RESTS_FOR_LATER = 4;

/**
 * Keeps profiles and segments up to date behind ingest: follows the changes that events leave,
 * those first that a segment looks at; looks again at customers whom time has changed; and walks
 * over everybody after the rules have changed. Any number of them may run; each piece of work is
 * taken by one, in one transaction, so that a follower may be killed at any moment.
 */
export async function startProfileProjector(deps: ProjectorDeps): Promise<ProfileProjector> {
  const { db, clock, rules, logger } = deps;
  const held = await registerRules(db, rules, clock.now());
  const work: ProfileWorkDeps = { ...deps, held };
  let restsUntil = 0;
  let told = false;

  async function round(): Promise<Round> {
    const open = await openWork(work);
    if (open === undefined) {
      if (!told) logger.info('other segments hold; their processes follow the changes');
      told = true;
      return 'idle';
    }
    let more = false;
    if (open.urgent) more = (await followChanges(work, true)) === MAX_CHANGES;
    if (open.due) more = (await sweepDue(work)) > 0 || more;
    if (!open.later && !open.walk) return more ? 'busy' : 'idle';
    const began = performance.now();
    if (began < restsUntil) return more ? 'busy' : 'held';
    if (open.later) more = (await followChanges(work, false)) > 0 || more;
    // The walk is the last to go; while there is something urgent it rests.
    if (open.walk) more = (await continueBackfill(work)) !== undefined || more;
    const took = performance.now() - began;
    if (open.later) restsUntil = began + took * (1 + RESTS_FOR_LATER);
    return more ? 'busy' : 'idle';
  }

  const rounds = runPollLoop(round, {
    logger,
    onGood: () => undefined,
    pollMs: POLL_MS,
    failure: 'profiles and segments could not be brought up to date',
  });
  return {
    wake: () => rounds.wake(),
    async isSettled() {
      const open = await openWork(work);
      return open === undefined || !(open.urgent || open.later || open.due || open.walk);
    },
    stop: () => rounds.stop(),
  };
}
