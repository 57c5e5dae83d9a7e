import { sql } from 'kysely';
import type { Tx } from '../db/transaction';

/**
 * Which events journeys have asked for while they ran, beyond what they declare. Events of other
 * names are stored without a lock on their customer, so a name that is asked for the first time
 * must not slip past one that is just being stored: who stores an event holds its name shared
 * until it is committed, who asks for a new name holds it alone. The second happens once a name.
 *
 * Names share 256 advisory locks, so that no request can fill Postgres' table of locks.
 */
const LOCK = 7_410_002;

/** The expression that holds a name shared until the transaction ends, for a column `name`. */
export const lockEventName = sql`pg_advisory_xact_lock_shared(${sql.lit(LOCK)}, hashtext(name) & 255)`;

/** Names in the order in which they are held, as a part of a statement. */
export function inOrder(names: readonly string[]) {
  return sql`select name from unnest(${names}::text[]) as name order by hashtext(name) & 255`;
}

/**
 * Says that journeys want events of these names from now on. Afterwards whatever was stored under
 * them before can be read, and whatever comes is routed. Call it before any customer is locked.
 */
export async function subscribeToEvents(tx: Tx, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { rows } = await sql<{ name: string; bucket: number }>`
    select name, hashtext(name) & 255 as bucket from unnest(${names}::text[]) as name
    where name not in (select a.name from event_subscriptions a)
    order by bucket`.execute(tx);
  for (const { bucket } of rows) {
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)}, ${bucket})`.execute(tx);
  }
  if (rows.length === 0) return;
  await sql`
    insert into event_subscriptions (name) select unnest(${rows.map(({ name }) => name)}::text[])
    on conflict do nothing`.execute(tx);
}
