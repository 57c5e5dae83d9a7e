import { sql } from 'kysely';
import { lockCurrentCustomer } from '../db/current-customer';
import type { Db, Tx } from '../db/transaction';
import type { ConsentRecord } from '../domain/consent/consent';
import { hasExpired, type ConsentLifetimes } from '../domain/consent/consent-expiry';
import { durationMs } from '../domain/duration';
import type { EventRecorder } from '../events/recorder';
import { readConsents } from '../db/stores/consents';
import { NOT_RENEWING_EVENTS, RECORDED_ACTS } from '../events/activity';
import { changeConsentsIn } from './change-consents';
import type { JourneyIndex } from '../enrollments/journey-index';

export interface ExpiryDeps {
  readonly db: Db;
  readonly ingest: EventRecorder;
  readonly index: JourneyIndex;
}

export interface Expired {
  /** The number of customers that were checked. */
  readonly looked: number;
  /** The number of consents that expired. */
  readonly expired: number;
}

const PAGE = 200;

/** Precedes every consent in the order of pages. */
const NEVER = new Date(0);

/**
 * Expires consents: requests that were not confirmed in time, and subscriptions of customers who
 * were inactive for as long as the policy allows. Each is recorded in the ledger.
 *
 * Safe to run at any time, repeatedly and in several processes: each customer is checked again under
 * the lock of their row.
 *
 * @param onProgress called after each page, for a heartbeat; it may throw to stop the run
 */
export async function expireConsents(
  deps: ExpiryDeps,
  lifetimes: ConsentLifetimes,
  now: Date,
  onProgress: (progress: Expired) => void = () => undefined,
): Promise<Expired> {
  let progress: Expired = { looked: 0, expired: 0 };
  for (let after = ''; ;) {
    const page = await nextPage(deps.db, lifetimes, now, after);
    for (const customerId of page) {
      const expired = await deps.ingest.transact(async (tx, record) => {
        // The consents of a customer who was merged are the survivor's; a later run checks them.
        if ((await lockCurrentCustomer(tx, customerId))?.id !== customerId) return 0;
        const consents = await expiredConsents(tx, customerId, lifetimes, now);
        const changes = consents.map(({ channel, purpose, state, at }) => ({
          channel,
          purpose,
          state: 'none' as const,
          source: 'expiry',
          proof: { was: state, since: at.toISOString() },
          at: now,
        }));
        if (changes.length === 0) return 0;
        await changeConsentsIn({ tx, record, index: deps.index }, customerId, changes, now);
        return changes.length;
      });
      progress = { looked: progress.looked + 1, expired: progress.expired + expired };
    }
    onProgress(progress);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return progress;
    after = last;
  }
}

/** Activity since a time, as a condition on `events`; see `renewsConsent`. */
function activeSince(since: Date) {
  return sql`received_at > ${since} and occurred_at > ${since}
    and type in ('track', 'page', 'screen') and name <> all(${NOT_RENEWING_EVENTS}::text[])
    and (context ->> 'source' is distinct from 'throughline' or name = any(${[...RECORDED_ACTS]}::text[]))`;
}

/** Customers with a consent that may have expired, in the order of their ids. */
async function nextPage(
  db: Db,
  lifetimes: ConsentLifetimes,
  now: Date,
  after: string,
): Promise<readonly string[]> {
  const requested = ago(now, durationMs(lifetimes.pending));
  const heard = lifetimes.stale === null ? NEVER : ago(now, durationMs(lifetimes.stale));
  const { rows } = await sql<{ customer_id: string }>`
    select distinct c.customer_id from consents c
    where c.customer_id > ${after} and (
      (c.state = 'pending' and c.at <= ${requested})
      or (c.state = 'subscribed' and c.at <= ${heard} and not exists (
        select from events where customer_id = c.customer_id and ${activeSince(heard)})))
    order by c.customer_id limit ${PAGE}`.execute(db);
  return rows.map((row) => row.customer_id);
}

async function expiredConsents(
  tx: Tx,
  customerId: string,
  lifetimes: ConsentLifetimes,
  now: Date,
): Promise<readonly ConsentRecord[]> {
  const consents = await readConsents(tx, customerId);
  const old = consents.filter((each) => hasExpired(each, null, lifetimes, now));
  if (old.every(({ state }) => state === 'pending') || lifetimes.stale === null) return old;
  const lastActivity = await lastActivityOf(tx, customerId, ago(now, durationMs(lifetimes.stale)));
  return old.filter((each) => hasExpired(each, lastActivity, lifetimes, now));
}

/** The customer's latest activity since a time; null if there is none. */
async function lastActivityOf(tx: Tx, customerId: string, since: Date): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(occurred_at) as at from events
    where customer_id = ${customerId} and ${activeSince(since)}`.execute(tx);
  return rows[0]?.at ?? null;
}

function ago(now: Date, milliseconds: number): Date {
  return new Date(now.getTime() - milliseconds);
}
