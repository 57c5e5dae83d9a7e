import { countPurchasesAfterIntent } from '../db/read-models/measurement/purchases-after-intent';
import type { Db } from '../db/transaction';
import { durationMs, type Duration } from '../domain/duration';
import {
  differenceOf,
  rateOf,
  type Difference,
  type Proportion,
} from '../domain/statistics/proportion';

export interface ComparedGroup {
  readonly customers: number;
  readonly purchased: number;
  /** Null without customers. */
  readonly rate: number | null;
}

/** The effect of a journey's messages, measured against its holdout. */
export interface HoldoutComparison {
  readonly contacted: ComparedGroup;
  readonly heldOut: ComparedGroup;
  /** The difference of the rates; null if one of the groups is empty. */
  readonly uplift: Difference | null;
}

/**
 * Compares how many customers purchased within a window after the first intent to contact them,
 * between those who were sent a message and those held out.
 *
 * @example
 * await compareWithHoldout(db, 'winBack', '30 days');
 */
export async function compareWithHoldout(
  db: Db,
  journey: string,
  window: Duration,
): Promise<HoldoutComparison> {
  const rows = await countPurchasesAfterIntent(db, journey, durationMs(window));
  const proportion = (heldOut: boolean): Proportion => {
    const row = rows.find((each) => each.heldOut === heldOut);
    return { successes: row?.purchased ?? 0, trials: row?.customers ?? 0 };
  };
  const [contacted, heldOut] = [proportion(false), proportion(true)];
  return {
    contacted: groupOf(contacted),
    heldOut: groupOf(heldOut),
    uplift: differenceOf(contacted, heldOut),
  };
}

function groupOf(proportion: Proportion): ComparedGroup {
  const { successes: purchased, trials: customers } = proportion;
  return { customers, purchased, rate: rateOf(proportion) };
}
