import { sql } from 'kysely';
import type { Db } from '../../db/transaction';
import { LANES } from '../outbox';

/** How long a relay keeps its lanes without renewing the lease. */
const LEASE_SECONDS = 10;

/**
 * Leases lanes of the outbox to this relay. Each lane belongs to one relay at a time, so that the
 * signals of an enrollment are sent in order. The relays divide the lanes evenly, and the lanes of a
 * relay that died go to the others when its lease expires, by the database's clock. A relay that
 * stalls past its lease does no harm: it sends duplicates, which journeys detect by their sequence
 * numbers.
 */
export async function leaseLanes(db: Db, owner: string): Promise<readonly number[]> {
  return db.transaction().execute(async (tx) => {
    // Row locks: one relay at a time reads and leases lanes.
    const { rows } = await sql<{ lane: number; owner: string | null; live: boolean }>`
      select lane, owner, coalesce(leased_until > clock_timestamp(), false) as live
      from relay_lanes order by lane for update`.execute(tx);
    await sql`
      insert into relays (owner, seen_until)
      values (${owner}, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}))
      on conflict (owner) do update set seen_until = excluded.seen_until`.execute(tx);
    await sql`delete from relays where seen_until < clock_timestamp()`.execute(tx);
    const relays = await sql<{ count: number }>`select count(*) as count from relays`.execute(tx);
    const share = Math.ceil(LANES / (relays.rows[0]?.count ?? 1));
    const mine = rows.filter((row) => row.owner === owner).map(({ lane }) => lane);
    const free = rows.filter((row) => row.owner !== owner && !row.live).map(({ lane }) => lane);
    const kept = [...mine, ...free].slice(0, share);
    // A relay with more than its share releases the rest, so that a new relay finds free lanes.
    const released = mine.filter((lane) => !kept.includes(lane));
    await sql`
      update relay_lanes set owner = ${owner},
        leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where lane = any(${kept})`.execute(tx);
    await sql`
      update relay_lanes set owner = null, leased_until = null
      where lane = any(${released})`.execute(tx);
    return kept;
  });
}

/** Releases all lanes immediately, so that other relays need not wait for the lease to expire. */
export async function releaseLanes(db: Db, owner: string): Promise<void> {
  await sql`delete from relays where owner = ${owner}`.execute(db);
  await sql`
    update relay_lanes set owner = null, leased_until = null where owner = ${owner}`.execute(db);
}

/**
 * Returns a function for the lanes of a relay, which can be called at any rate: the lease is renewed
 * after a third of its time, so that a running relay does not lose its lanes.
 */
export function createLaneLease(db: Db, owner: string): () => Promise<readonly number[]> {
  let leasedAt = Number.NEGATIVE_INFINITY;
  let leasing: Promise<readonly number[]> | undefined;
  return () => {
    if (leasing === undefined || performance.now() - leasedAt > (LEASE_SECONDS * 1000) / 3) {
      leasedAt = performance.now();
      leasing = leaseLanes(db, owner);
      leasing.catch(() => {
        leasing = undefined; // retried in the next round
      });
    }
    return leasing;
  };
}
