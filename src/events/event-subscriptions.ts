import { sql } from 'kysely';
import { exclusiveLock, lockBucket, sharedLock } from '../db/sql/advisory-locks';
import type { Tx } from '../db/transaction';

/**
 * Dynamic subscriptions: names of events that running journeys wait for beyond those they declare.
 * Events of other names are stored without a lock on their customer, so a new subscription must not
 * miss an event that is being stored: storing an event takes a shared lock on its name until the
 * commit, and subscribing to a new name takes an exclusive one. The latter happens once per name.
 */
const nameBucket = lockBucket(sql`name`);

/** The expression that takes the shared lock on a column `name` until the transaction ends. */
export const shareEventName = sharedLock('eventName', nameBucket);

/** Names in the order in which they are locked, as a subquery with a column `name`. */
export function inLockOrder(names: readonly string[]) {
  return sql`select name from unnest(${names}::text[]) as name order by ${nameBucket}`;
}

/**
 * Subscribes journeys to events of these names. Afterwards all events stored under them before can
 * be read, and all later ones are routed. Call it before any customer is locked.
 */
export async function subscribeToEvents(tx: Tx, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { rows } = await sql<{ name: string; bucket: number }>`
    select name, ${nameBucket} as bucket from unnest(${names}::text[]) as name
    where name not in (select a.name from event_subscriptions a)
    order by bucket`.execute(tx);
  for (const { bucket } of rows) {
    await sql`select ${exclusiveLock('eventName', sql`${bucket}`)}`.execute(tx);
  }
  if (rows.length === 0) return;
  await sql`
    insert into event_subscriptions (name) select unnest(${rows.map(({ name }) => name)}::text[])
    on conflict do nothing`.execute(tx);
}
