import { keyOfHash, type KnownKey } from '../../db/read-models/operations/api-keys';
import { noteKeyUse } from '../../db/stores/api-keys';
import { hashOfKey, looksLikeKey } from '../../db/stores/key-text';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';

/** The keys in the database, as requests are checked against them. */
export interface StoredKeys {
  /** The key of this text, where there is one that is good now. */
  find(text: string): Promise<Pick<KnownKey, 'id' | 'name' | 'role'> | undefined>;
  /** Forgets what was looked up, so that a change made here holds at once. */
  forget(): void;
}

/** How long an answer of the database is believed: a revoked key stops within these seconds. */
const BELIEVED_MS = 5_000;
/** More texts than this are remembered only if the oldest are forgotten. */
const MAX_REMEMBERED = 1_000;
/** The last use of a key is noted to the minute. */
const COARSE_MS = 60_000;

interface Answer {
  readonly until: number;
  readonly key: Promise<KnownKey | undefined>;
}

/**
 * Looks keys up with a small memory, so that a key that is used all the time costs one statement in
 * five seconds and no event waits for one. A text that is no key of ours is never looked up.
 */
export function createStoredKeys({
  db,
  clock,
}: {
  readonly db: Db;
  readonly clock: Clock;
}): StoredKeys {
  const answers = new Map<string, Answer>();

  function ask(hash: string): Promise<KnownKey | undefined> {
    const known = answers.get(hash);
    // The machine's own time: how long an answer is good has nothing to do with the clock of journeys.
    if (known !== undefined && performance.now() < known.until) return known.key;
    const key = keyOfHash(db, hash);
    answers.delete(hash);
    answers.set(hash, { until: performance.now() + BELIEVED_MS, key });
    for (const oldest of answers.keys()) {
      if (answers.size <= MAX_REMEMBERED) break;
      answers.delete(oldest);
    }
    void key.then(noteUse, () => answers.delete(hash));
    return key;
  }

  /** Nobody waits for it, and that it fails is no reason to refuse a request. */
  function noteUse(key: KnownKey | undefined): void {
    const now = clock.now();
    if (key === undefined || (key.expiresAt !== null && key.expiresAt <= now)) return;
    if (key.lastUsedAt !== null && now.getTime() - key.lastUsedAt.getTime() < COARSE_MS) return;
    noteKeyUse(db, key.id, now, COARSE_MS).catch(() => undefined);
  }

  return {
    async find(text) {
      if (!looksLikeKey(text)) return undefined;
      const key = await ask(hashOfKey(text));
      if (key === undefined || (key.expiresAt !== null && key.expiresAt <= clock.now())) {
        return undefined;
      }
      return key;
    },
    forget: () => answers.clear(),
  };
}
