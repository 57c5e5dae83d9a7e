import type { Logger } from '../../logger';

/**
 * The result of a round: there was work; there was none; there is work that must wait a moment; or
 * Temporal is unavailable.
 */
export type Round = 'busy' | 'idle' | 'held' | 'away';

export interface PollLoop {
  /** Starts the next round now, since there may be work. */
  wake(): void;
  /** Stops after the current round. */
  stop(): Promise<void>;
}

const POLL_MS = 500;
const HELD_MS = 100;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;

/**
 * Runs rounds: immediately while there is work, on `wake` or twice a second when there is none, and
 * with an exponential backoff while Temporal or the database is unavailable.
 */
export function runPollLoop(
  round: () => Promise<Round>,
  options: {
    readonly logger: Logger;
    readonly onGood: () => void;
    /** The time between rounds without work. */
    readonly pollMs?: number;
    /** What failed, for the log. */
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
    // `wake` does not end a backoff; only `stop` does.
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
        await backOff('Temporal is unavailable; the outbox waits');
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
