import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { eagerTransactions, type SendStatement } from './eager-transactions';

/** Texts beyond this number are sent as they are: Postgres keeps each prepared one in memory. */
const MAX_PREPARED = 100;

/** A table has changed under a prepared statement; under another name it is prepared anew. */
const PLAN_OUTDATED = '0A000';
/**
 * A statement that was prepared is unknown, or one that was not is there: something between us and
 * Postgres hands connections around, as poolers do.
 */
const NOT_OURS = new Set(['26000', '42P05']);

/** Errors of preparing, after which the same transaction may simply be run again. */
export function isAboutPreparing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return false;
  if (code === PLAN_OUTDATED) return String(message).includes('cached plan');
  return NOT_OURS.has(code);
}

/**
 * Marks a statement that is to be prepared. Only those that look rows up by leading columns of an
 * index should be: their plan is right whatever the tables hold. A plan that joins or takes lists,
 * once made for tables that were empty, would be kept while they grow.
 */
const MARK = '/* prepared */';

/**
 * What stands for `begin`. A prepared statement keeps one plan: left to itself, Postgres would plan
 * those that take lists anew each time, since it believes every list to have ten elements.
 */
const BEGIN = 'begin; set local plan_cache_mode = force_generic_plan';

/**
 * The pool as Kysely uses it, with the marked statements prepared from their second use on: to plan
 * the larger ones takes Postgres three times as long as to run them. Behind a pooler that hands
 * connections around it prepares nothing, as soon as it has found out.
 */
export function prepareStatements(pool: Pool): PostgresPool {
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>();
  const names = new Map<string, string | null>();
  let prepared = 0;
  let poolable = true;

  function nameOf(text: string): string | undefined {
    if (!poolable || !text.trimStart().startsWith(MARK)) return undefined;
    const name = names.get(text);
    if (typeof name === 'string') return name;
    if (name === undefined) {
      if (names.size < MAX_PREPARED) names.set(text, null);
      return undefined;
    }
    const given = `throughline_${++prepared}`;
    names.set(text, given);
    return given;
  }

  function recordFailure(error: unknown): void {
    if (!isAboutPreparing(error)) return;
    if ((error as { code: string }).code !== PLAN_OUTDATED) poolable = false;
    names.clear();
  }

  function wrap(client: PoolClient): PostgresPoolClient {
    const known = wrapped.get(client);
    if (known !== undefined) return known;
    const send: SendStatement = (text, values = []) => {
      const name = nameOf(text);
      if (name === undefined) return client.query(text === 'begin' ? BEGIN : text, [...values]);
      return client.query({ name, text, values: [...values] }).catch((error: unknown) => {
        recordFailure(error);
        throw error;
      });
    };
    const made = {
      // No cursors: nothing here streams a result.
      query: eagerTransactions(send) as unknown as PostgresPoolClient['query'],
      release: () => client.release(),
    };
    wrapped.set(client, made);
    return made;
  }

  return {
    connect: async () => wrap(await pool.connect()),
    end: () => pool.end(),
  };
}
