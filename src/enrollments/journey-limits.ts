import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { JourneyOptions } from '../journey/options';

/** The state of a journey's limits, read under the lock of its row. */
export interface JourneyLimits {
  /** Active enrollments, counted up to the journey's limit. */
  running: number;
  /** When the next entry may start; null if none was ever delayed. */
  nextSlotAt: Date | null;
}

/**
 * Locks a journey's row until the transaction ends, and reads the state of its limits.
 *
 * @param ended how many of its enrollments this transaction ends but has not written yet
 */
export async function lockJourney(
  tx: Tx,
  journey: string,
  { maxConcurrent }: JourneyOptions,
  ended: number,
): Promise<JourneyLimits> {
  await tx
    .insertInto('journeys')
    .values({ name: journey })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('journeys')
    .select('next_slot_at')
    .where('name', '=', journey)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (maxConcurrent === undefined) return { running: 0, nextSlotAt: row.next_slot_at };
  const { running } = await tx
    .selectFrom((from) =>
      from
        .selectFrom('enrollments')
        .select('id')
        .where('journey', '=', journey)
        .where('status', '=', 'active')
        .limit(maxConcurrent + ended)
        .as('running'),
    )
    .select(sql<number>`count(*)`.as('running'))
    .executeTakeFirstOrThrow();
  return { running: running - ended, nextSlotAt: row.next_slot_at };
}

export async function saveSlots(tx: Tx, limits: ReadonlyMap<string, JourneyLimits>): Promise<void> {
  for (const [journey, { nextSlotAt }] of limits) {
    if (nextSlotAt === null) continue;
    await tx
      .updateTable('journeys')
      .set({ next_slot_at: nextSlotAt })
      .where('name', '=', journey)
      .execute();
  }
}
