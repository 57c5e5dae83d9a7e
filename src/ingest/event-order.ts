import { sql } from 'kysely';
import type { Tx } from '../db/transaction';

/** How many places one transaction draws; a request has at most 2,500 events. */
const PLACES = 10_000;

/**
 * Draws places in the order of events: whole numbers that rise from transaction to transaction.
 * Drawn while the customer's row is locked, they put in order what concerns the customer's
 * enrollments; for events that concern none, any place of the time of their storing will do.
 *
 * @returns the first of 10,000 places, which are the caller's
 */
export async function drawPlaces(tx: Tx): Promise<number> {
  const { first } = await drawPlacesAndAsked(tx, []);
  return first;
}

/** The same, together with those of some held names that journeys have asked for. */
export async function drawPlacesAndAsked(
  tx: Tx,
  names: readonly string[],
): Promise<{ readonly first: number; readonly asked: ReadonlySet<string> }> {
  const { rows } = await sql<{ block: number; asked: string[] }>`
    select nextval('event_blocks') as block,
      array(select name from asked_events where name = any(${names}::text[])) as asked`.execute(tx);
  const [row] = rows;
  return { first: (row?.block ?? 0) * PLACES, asked: new Set(row?.asked) };
}
