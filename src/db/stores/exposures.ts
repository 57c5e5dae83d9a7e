import { sql, type RawBuilder } from 'kysely';
import type { Exposure } from '../../domain/experiments/exposure';
import { recordset } from '../sql/recordset';

/**
 * The owner of the table `exposures`: one row per decision and arm that the journey's body obtained
 * since its previous send, whatever the decision's outcome. A row never changes; a decision that is
 * made again after a deferral keeps its rows. A merge moves them, an erasure replaces the customer.
 */
export interface ExposedDecision {
  readonly id: string;
  readonly customer_id: string;
  readonly enrollment_id: string;
  readonly journey: string;
  readonly step: number;
  readonly template: string;
  readonly country?: string | null | undefined;
  readonly decided_at: Date;
}

/** The insertion of a decision's exposures, to be composed into the statement that writes it. */
export function insertExposures(
  decision: ExposedDecision,
  exposures: readonly Exposure[],
): RawBuilder<unknown> {
  const { id, customer_id, enrollment_id, journey, step, template, decided_at } = decision;
  return sql`
    insert into exposures (decision_id, kind, experiment, arm, propensity, customer_id,
      enrollment_id, journey, step, template, country, at)
    select ${id}, kind, name, arm, propensity, ${customer_id}, ${enrollment_id}, ${journey},
      ${step}::integer, ${template}, ${decision.country ?? null}, ${decided_at}::timestamptz
    from ${recordset(exposures, {
      kind: 'text',
      name: 'text',
      arm: 'text',
      propensity: 'double precision',
    })} as e
    on conflict do nothing`;
}
