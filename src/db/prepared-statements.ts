import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { eagerTransactions, type SendStatement } from './eager-transactions';
import { isPrepared } from './sql/statement-marks';

/** Statements beyond this number are not prepared: Postgres keeps each prepared one in memory. */
const MAX_PREPARED = 100;

/** A table changed under a prepared statement, which is prepared again under another name. */
const PLAN_OUTDATED = '0A000';
/**
 * A statement that was prepared is unknown, or one that was not exists already: a pooler between us
 * and Postgres shares connections.
 */
const POOLER_ERRORS = new Set(['26000', '42P05']);

/** Whether an error comes from preparing a statement; the same transaction can be run again. */
export function isPrepareError(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return false;
  if (code === PLAN_OUTDATED) return String(message).includes('cached plan');
  return POOLER_ERRORS.has(code);
}

/**
 * Sent in place of `begin`. A prepared statement keeps one plan: by default Postgres would plan
 * those with array parameters again each time, since it assumes ten elements in every array.
 */
const BEGIN = 'begin; set local plan_cache_mode = force_generic_plan';

/**
 * The pool as Kysely uses it, which prepares the statements made by `prepared` from their second use
 * on: Postgres takes three times as long to plan the larger ones as to run them. Behind a pooler
 * that shares connections it stops preparing as soon as it finds out.
 */
export function prepareStatements(pool: Pool): PostgresPool {
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>();
  const names = new Map<string, string | null>();
  let prepared = 0;
  let enabled = true;

  function nameOf(text: string): string | undefined {
    if (!enabled || !isPrepared(text)) return undefined;
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
    if (!isPrepareError(error)) return;
    if ((error as { code: string }).code !== PLAN_OUTDATED) enabled = false;
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
      // Without cursors: no result is streamed.
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
