import type { Db } from '../../transaction';

/** A trigger that did not let its customer in, and why. */
export interface RefusalView {
  readonly journey: string;
  readonly key: string;
  readonly reason: string;
  readonly opensAt: Date | null;
  readonly at: Date;
}

export function refusalsOf(
  db: Db,
  customerId: string,
  limit: number,
): Promise<readonly RefusalView[]> {
  return db
    .selectFrom('entry_refusals')
    .select(['journey', 'key', 'reason', 'opens_at as opensAt', 'at'])
    .where('customer_id', '=', customerId)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
}
