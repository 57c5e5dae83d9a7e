import { sql } from 'kysely';
import type { Tx } from '../db/transaction';

/** How many places one transaction draws; a request has at most 2,500 events. */
const PLACES = 10_000;

/** The expression that draws a block of places. */
export const nextSequenceBlock = sql`nextval('event_sequence_blocks')`;

/** @returns the first of a block's 10,000 places, which are the caller's */
export function firstSequenceOf(block: number): number {
  return block * PLACES;
}

/**
 * Draws places in the order of events: whole numbers that rise from transaction to transaction.
 * Drawn while the customer's row is locked, they put in order what concerns the customer's
 * enrollments; for events that concern none, any place of the time of their storing will do.
 *
 * @returns the first of 10,000 places, which are the caller's
 */
export async function allocateSequence(tx: Tx): Promise<number> {
  const { rows } = await sql<{ block: number }>`
    /* prepared */ select ${nextSequenceBlock} as block`.execute(tx);
  return firstSequenceOf(rows[0]?.block ?? 0);
}
