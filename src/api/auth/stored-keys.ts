import { keyOfHash, type KnownKey } from '../../db/read-models/operations/api-keys';
import { noteKeyUse } from '../../db/stores/api-keys';
import { hashOfKey, looksLikeKey } from '../../db/stores/key-text';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';

/** The API keys in the database, cached for the check of requests. */
export interface StoredKeys {
  /** The key with this text, if it is valid now. */
  find(text: string): Promise<Pick<KnownKey, 'id' | 'name' | 'role'> | undefined>;
  /** Clears the cache, so that a change that was made here takes effect immediately. */
  forget(): void;
}

/** How long a lookup is cached: a revoked key stops working within this time. */
const CACHE_MS = 5_000;
/** How many lookups are cached; the oldest are dropped. */
const MAX_CACHED = 1_000;
/** The last use of a key is stored to the minute. */
const LAST_USE_RESOLUTION_MS = 60_000;

interface Answer {
  readonly until: number;
  readonly key: Promise<KnownKey | undefined>;
}

/**
 * Looks keys up through a small cache, so that a key that is used all the time costs one statement in
 * five seconds. A text that does not look like a key is never looked up.
 */
export function createStoredKeys({
  db,
  clock,
}: {
  readonly db: Db;
  readonly clock: Clock;
}): StoredKeys {
  const answers = new Map<string, Answer>();

  function lookUp(hash: string): Promise<KnownKey | undefined> {
    const known = answers.get(hash);
    // The machine's own time: the cache has nothing to do with the clock of journeys.
    if (known !== undefined && performance.now() < known.until) return known.key;
    const key = keyOfHash(db, hash);
    answers.delete(hash);
    answers.set(hash, { until: performance.now() + CACHE_MS, key });
    for (const oldest of answers.keys()) {
      if (answers.size <= MAX_CACHED) break;
      answers.delete(oldest);
    }
    void key.then(recordUse, () => answers.delete(hash));
    return key;
  }

  /** Runs in the background; a failure must not refuse the request. */
  function recordUse(key: KnownKey | undefined): void {
    const now = clock.now();
    if (key === undefined || (key.expiresAt !== null && key.expiresAt <= now)) return;
    if (
      key.lastUsedAt !== null &&
      now.getTime() - key.lastUsedAt.getTime() < LAST_USE_RESOLUTION_MS
    )
      return;
    noteKeyUse(db, key.id, now, LAST_USE_RESOLUTION_MS).catch(() => undefined);
  }

  return {
    async find(text) {
      if (!looksLikeKey(text)) return undefined;
      const key = await lookUp(hashOfKey(text));
      if (key === undefined || (key.expiresAt !== null && key.expiresAt <= clock.now())) {
        return undefined;
      }
      return key;
    },
    forget: () => answers.clear(),
  };
}
