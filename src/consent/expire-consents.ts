import { sql } from 'kysely';
import { lockCurrentCustomer } from '../db/current-customer';
import type { Db, Tx } from '../db/transaction';
import type { ConsentRecord } from '../domain/consent/consent';
import { hasExpired, type ConsentLifetimes } from '../domain/consent/consent-expiry';
import { durationMs } from '../domain/duration';
import type { EventRecorder } from '../events/recorder';
import { readConsents } from '../db/stores/consents';
import { changeConsentsIn } from './change-consents';
import type { JourneyIndex } from '../enrollments/journey-index';

export interface ExpiryDeps {
  readonly db: Db;
  readonly ingest: EventRecorder;
  readonly index: JourneyIndex;
}

export interface Expired {
  /** Customers that were looked at. */
  readonly looked: number;
  /** Consents that lapsed. */
  readonly expired: number;
}

const PAGE = 200;

/** Before every consent that there is. */
const NEVER = new Date(0);

/** Events that say something of an address, not of the person. */
const NO_SIGN_OF_LIFE = [
  'Message Sent',
  'Message Delivered',
  'Message Bounced',
  'Email Delivered',
  'Email Bounced',
  'Push Notification Bounced',
  'Application Uninstalled',
];

/** Of what the engine records itself, the events in which the person acted. */
const PERSONS_OWN = ['Preferences Changed', 'Subscription Confirmed', 'Message Received'];

/**
 * Ends consents that have lapsed: requests that nobody confirmed in time, and subscriptions of
 * customers of whom nothing was heard for as long as the policy says. Each goes into the ledger.
 *
 * Safe to run at any time, several times and in several processes: each customer is looked at again
 * under their lock, so that what one run has ended the next one passes over.
 *
 * @param said called after each page, for a heartbeat; it may throw to end the sweep
 */
export async function expireConsents(
  deps: ExpiryDeps,
  lifetimes: ConsentLifetimes,
  now: Date,
  said: (progress: Expired) => void = () => undefined,
): Promise<Expired> {
  let progress: Expired = { looked: 0, expired: 0 };
  for (let after = ''; ;) {
    const page = await nextPage(deps.db, lifetimes, now, after);
    for (const customerId of page) {
      const expired = await deps.ingest.transact(async (tx, record) => {
        // One who was merged meanwhile has their consents elsewhere, where a later sweep finds them.
        if ((await lockCurrentCustomer(tx, customerId))?.id !== customerId) return 0;
        const lapsed = await lapsedOf(tx, customerId, lifetimes, now);
        const changes = lapsed.map(({ channel, purpose, state, at }) => ({
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
    said(progress);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return progress;
    after = last;
  }
}

/** What a person did, as a condition on `events`. */
function signOfLifeSince(since: Date) {
  return sql`received_at > ${since} and occurred_at > ${since}
    and type in ('track', 'page', 'screen') and name <> all(${NO_SIGN_OF_LIFE}::text[])
    and (context ->> 'source' is distinct from 'throughline' or name = any(${PERSONS_OWN}::text[]))`;
}

/** Customers with a consent that seems to have lapsed, in the order of their ids. */
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
        select from events where customer_id = c.customer_id and ${signOfLifeSince(heard)})))
    order by c.customer_id limit ${PAGE}`.execute(db);
  return rows.map((row) => row.customer_id);
}

async function lapsedOf(
  tx: Tx,
  customerId: string,
  lifetimes: ConsentLifetimes,
  now: Date,
): Promise<readonly ConsentRecord[]> {
  const consents = await readConsents(tx, customerId);
  const old = consents.filter((each) => hasExpired(each, null, lifetimes, now));
  if (old.every(({ state }) => state === 'pending') || lifetimes.stale === null) return old;
  const lastSign = await lastSignOf(tx, customerId, ago(now, durationMs(lifetimes.stale)));
  return old.filter((each) => hasExpired(each, lastSign, lifetimes, now));
}

/** When the customer last did something; null where they did nothing since `since`. */
async function lastSignOf(tx: Tx, customerId: string, since: Date): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(occurred_at) as at from events
    where customer_id = ${customerId} and ${signOfLifeSince(since)}`.execute(tx);
  return rows[0]?.at ?? null;
}

function ago(now: Date, milliseconds: number): Date {
  return new Date(now.getTime() - milliseconds);
}
