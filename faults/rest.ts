import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../src/db/transaction';
import type { JourneysInTemporal } from './proof/journeys-in-temporal';

export interface RestSettings {
  readonly db: Db;
  readonly journeys: JourneysInTemporal;
  /** The timeout. */
  readonly maxDurationMs: number;
  /** The timeout without any change. */
  readonly stillMs: number;
  readonly note: (sentence: string) => void;
}

interface State {
  /** Enrollments that have not ended, in Postgres and as workflows. */
  readonly active: number;
  readonly running: number;
  readonly outbox: number;
  readonly events: number;
  readonly attempts: number;
}

const LOOK_MS = 1_000;
const TELL_MS = 10_000;

/**
 * Waits until every enrollment has ended and the outbox is empty, or until nothing changes any more; the
 * proof then reports what remains.
 */
export async function untilRest(settings: RestSettings): Promise<void> {
  const { maxDurationMs, stillMs, note } = settings;
  const start = performance.now();
  let before = '';
  let changedAt = start;
  let toldAt = start;
  for (;;) {
    const now = performance.now();
    const state = await look(settings).catch(() => undefined);
    if (state?.active === 0 && state.running === 0 && state.outbox === 0)
      return note('the system is at rest');
    const seen = JSON.stringify(state);
    if (seen !== before) changedAt = now;
    before = seen;
    if (now - changedAt > stillMs || now - start > maxDurationMs) {
      return note(`the system comes to no rest: ${seen}`);
    }
    if (now - toldAt > TELL_MS) {
      toldAt = now;
      note(`on the way to rest: ${seen}`);
    }
    await pause(LOOK_MS);
  }
}

async function look({ db, journeys }: RestSettings): Promise<State | undefined> {
  const { rows } = await sql<Omit<State, 'running'>>`
    select (select count(*) from enrollments where status = 'active') as active,
      (select count(*) from outbox) as outbox,
      (select count(*) from event_ids) as events,
      (select coalesce(sum(attempts), 0)::bigint from messages) as attempts`.execute(db);
  const [counts] = rows;
  return counts && { ...counts, running: await journeys.running() };
}
