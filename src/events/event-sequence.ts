import { sql } from 'kysely';
import { prepared } from '../db/sql/prepared';
import type { Tx } from '../db/transaction';

/** Sequence numbers per block; a transaction takes one block, and a request has at most 2,500 events. */
const BLOCK_SIZE = 10_000;

/** The expression that allocates a block of sequence numbers. */
export const nextSequenceBlock = sql`nextval('event_sequence_blocks')`;

/** The first of a block's 10,000 sequence numbers. */
export function firstSequenceOf(block: number): number {
  return block * BLOCK_SIZE;
}

/**
 * Allocates sequence numbers for events, which rise from transaction to transaction. Allocate them
 * under the lock of the customer's row: then they order everything that concerns the customer's
 * enrollments. Events that concern no enrollment need no lock; their order does not matter.
 *
 * @returns the first of 10,000 numbers that are the caller's
 */
export async function allocateSequence(tx: Tx): Promise<number> {
  const { rows } = await prepared<{ block: number }>`select ${nextSequenceBlock} as block`.execute(
    tx,
  );
  return firstSequenceOf(rows[0]?.block ?? 0);
}
