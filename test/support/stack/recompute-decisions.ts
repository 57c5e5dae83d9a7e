import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';
import { decide, type Candidate, type Decision } from '../../../src/domain/decision/decide';
import { MAX_FACTS_LENGTH, parseDecisionFacts } from '../../../src/domain/decision/facts';
import type { DecisionPolicy } from '../../../src/domain/decision/policy';

interface Recorded {
  readonly id: string;
  readonly outcome: string;
  readonly reason: string;
  readonly channel: string | null;
  readonly next_at: Date | null;
  readonly candidates: readonly Candidate[];
  readonly basis: unknown;
  readonly policy: DecisionPolicy | null;
}

/**
 * Recomputes every decision of a database from its stored facts and policy. Omits
 * decisions whose facts were erased, and those that tests insert without facts.
 *
 * @returns the number of decisions, and a sentence for each difference
 */
export async function recomputeDecisions(
  client: Client,
): Promise<{ readonly recomputed: number; readonly differences: readonly string[] }> {
  const { rows } = await client.query<Recorded>(`
    select d.id, d.outcome, d.reason, d.channel, d.next_at, d.candidates, d.basis, p.policy
    from decisions d left join policies p on p.version = d.policy_version
    where d.basis ? 'v'`);
  return { recomputed: rows.length, differences: rows.flatMap(differencesOf) };
}

function differencesOf(row: Recorded): readonly string[] {
  const { id, basis, policy } = row;
  if (policy === null) return [`The policy of decision ${id} is not stored.`];
  const length = JSON.stringify(basis).length;
  const tooLong = length > MAX_FACTS_LENGTH ? [`The facts of decision ${id} take ${length}.`] : [];
  const recomputed = summary(decide(policy, parseDecisionFacts(basis)));
  const recorded = summary({
    ...row,
    until: row.next_at ?? undefined,
  } as unknown as Decision);
  return isDeepStrictEqual(recomputed, recorded)
    ? tooLong
    : [
        ...tooLong,
        `Decision ${id} was ${JSON.stringify(recorded)}; from its facts follows ${JSON.stringify(recomputed)}.`,
      ];
}

/** The properties that must be equal; the error of a template is not a fact. */
function summary(decision: Decision) {
  const { outcome, reason, candidates } = decision;
  return {
    outcome,
    reason,
    channel: outcome === 'send' ? decision.channel : null,
    until: outcome === 'defer' ? decision.until.toISOString() : null,
    candidates: candidates.map(({ detail, ...each }) => ({
      ...each,
      ...(detail !== undefined && each.verdict !== 'render-failed' && { detail }),
    })),
  };
}
