import { sql } from 'kysely';
import type { Db } from '../../db/transaction';
import { LANES } from '../outbox';

/** How long a lane stays with a relay that is not heard of. */
const LEASE_SECONDS = 10;

/**
 * The lanes of the outbox that this relay carries. Each lane belongs to one relay at a time, so
 * that what is told to one journey is told in order; relays share the lanes out evenly, and the
 * lanes of a relay that died go to the others when its lease ends. Leases are on the database's own
 * clock. A relay that stalls past its lease does no harm: what it still sends is a repeat, and
 * journeys know repeats by their sequence.
 */
export async function leaseLanes(db: Db, owner: string): Promise<readonly number[]> {
  return db.transaction().execute(async (tx) => {
    // One relay at a time looks and takes; the lock goes with the transaction.
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
    // A relay with more than its share lets go of the rest, which a newcomer then finds free.
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

/** Lets go of everything at once, so that another relay need not wait for the lease to end. */
export async function releaseLanes(db: Db, owner: string): Promise<void> {
  await sql`delete from relays where owner = ${owner}`.execute(db);
  await sql`
    update relay_lanes set owner = null, leased_until = null where owner = ${owner}`.execute(db);
}

/**
 * The lanes that a relay holds, asked for as often as it likes: the lease is renewed when a third of
 * it has passed, so that a lane is never lost to a peer while its relay lives.
 */
export function createLaneLease(db: Db, owner: string): () => Promise<readonly number[]> {
  let leasedAt = Number.NEGATIVE_INFINITY;
  let leasing: Promise<readonly number[]> | undefined;
  return () => {
    if (leasing === undefined || performance.now() - leasedAt > (LEASE_SECONDS * 1000) / 3) {
      leasedAt = performance.now();
      leasing = leaseLanes(db, owner);
      leasing.catch(() => {
        leasing = undefined; // asked again in the next round
      });
    }
    return leasing;
  };
}
