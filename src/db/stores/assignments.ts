import { sql } from 'kysely';
import { assign, type Assignment } from '../../domain/experiments/assign';
import { seedOf, type AssignmentKind } from '../../domain/experiments/exposure';
import { HASH_VERSION } from '../../domain/experiments/hash';
import type { Tx } from '../transaction';

/**
 * The owner of the table `assignments`: the arm of each customer in each experiment and flag.
 *
 * | state      | meaning                                                                       |
 * | ---------- | ----------------------------------------------------------------------------- |
 * | no row     | the customer has not reached the experiment                                   |
 * | a row      | the arm is final, even when the weights change or the experiment is removed   |
 *
 * A merge keeps the earlier row of the two customers; an erasure replaces the customer's id.
 */
export interface AssignmentRequest {
  readonly customerId: string;
  readonly kind: AssignmentKind;
  readonly name: string;
  /** Weights by arm, for a customer without an assignment. */
  readonly arms: Readonly<Record<string, number>>;
  readonly enrollmentId: string;
  readonly journey: string;
  readonly now: Date;
}

/** Returns a customer's assignment; draws and stores it first if there is none. The row is locked. */
export async function assignArm(tx: Tx, request: AssignmentRequest): Promise<Assignment> {
  const { customerId, kind, name, arms } = request;
  const stored = await tx
    .selectFrom('assignments')
    .select(['arm', 'propensity'])
    .where('customer_id', '=', customerId)
    .where('kind', '=', kind)
    .where('experiment', '=', name)
    .executeTakeFirst();
  if (stored !== undefined) return stored;
  const drawn = assign({ seed: seedOf(kind, name), unit: customerId, arms });
  await tx
    .insertInto('assignments')
    .values({
      customer_id: customerId,
      kind,
      experiment: name,
      ...drawn,
      hash_version: HASH_VERSION,
      assigned_at: request.now,
      enrollment_id: request.enrollmentId,
      journey: request.journey,
    })
    .execute();
  return drawn;
}

/** Moves a merged customer's assignments to the survivor; of two in one experiment the earlier stays. */
export async function moveAssignments(tx: Tx, from: string, into: string): Promise<void> {
  await sql`
    delete from assignments later using assignments earlier
    where later.customer_id in (${from}, ${into}) and earlier.customer_id in (${from}, ${into})
      and later.customer_id <> earlier.customer_id and later.experiment = earlier.experiment
      and later.kind = earlier.kind
      and (earlier.assigned_at, earlier.customer_id) < (later.assigned_at, later.customer_id)`.execute(
    tx,
  );
  await sql`
    update assignments set customer_id = ${into} where customer_id = ${from}`.execute(tx);
}

/**
 * Deletes all but the earliest assignment in each experiment of several customers who are one
 * person. An erasure then replaces their ids by one pseudonym.
 */
export async function keepFirstAssignments(
  tx: Tx,
  customerIds: readonly string[],
  pseudonym: string,
): Promise<void> {
  await sql`
    delete from assignments later
    where customer_id = any(${customerIds}::text[]) and exists (
      select from assignments earlier
      where earlier.customer_id = any(${[...customerIds, pseudonym]}::text[])
        and earlier.kind = later.kind and earlier.experiment = later.experiment
        and (earlier.assigned_at, earlier.customer_id) < (later.assigned_at, later.customer_id))`.execute(
    tx,
  );
}
