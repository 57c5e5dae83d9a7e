import type { Logger } from '../../logger';

/**
 * What a round came to: there was work, there was none, there is work that has to wait a moment, or
 * Temporal does not answer.
 */
export type Round = 'busy' | 'idle' | 'held' | 'away';

export interface PollLoop {
  /** Ends a rest, since there may be work. */
  wake(): void;
  /** Lets the round that is under way end, and no other begin. */
  stop(): Promise<void>;
}

const POLL_MS = 500;
const HELD_MS = 100;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;

/**
 * Runs round after round: at once while there is work, on a call or twice a second when there was
 * none, and ever more rarely while Temporal or the database is away.
 */
export function runPollLoop(
  round: () => Promise<Round>,
  options: {
    readonly logger: Logger;
    readonly onGood: () => void;
    /** How long a rest lasts that nobody ends. */
    readonly pollMs?: number;
    /** Whose rounds these are and what they could not do, for the log. */
    readonly failure?: string;
  },
): PollLoop {
  const { logger, onGood, pollMs = POLL_MS } = options;
  const { failure = 'the relay could not read its outbox' } = options;
  let stopping = false;
  let woken = false;
  let wake: (() => void) | undefined;
  let backoff = 0;

  async function rest(milliseconds: number): Promise<void> {
    if (stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = undefined;
  }

  async function backOff(why: string, error?: unknown): Promise<void> {
    backoff = Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, backoff * 2));
    logger.warn(error === undefined ? { backoff } : { error, backoff }, why);
    const until = performance.now() + backoff;
    // A call does not end a backoff; only a stop does.
    for (let left = backoff; left > 0; left = until - performance.now()) {
      if (stopping) return;
      await rest(left);
    }
  }

  async function run(): Promise<void> {
    for (;;) {
      if (stopping) return;
      woken = false;
      let result: Round;
      try {
        result = await round();
      } catch (error) {
        await backOff(failure, error);
        continue;
      }
      if (result === 'away') {
        await backOff('Temporal is away; the outbox waits');
        continue;
      }
      backoff = 0;
      onGood();
      if (result === 'held') await rest(HELD_MS);
      else if (result === 'idle' && !woken) await rest(pollMs);
    }
  }

  const running = run();
  return {
    wake() {
      woken = true;
      wake?.();
    },
    async stop() {
      stopping = true;
      wake?.();
      await running;
    },
  };
}
