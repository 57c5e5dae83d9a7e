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
 * Recomputes every decision of a database from its stored facts and policy. Decisions whose facts
 * are gone with an erasure, and those that tests make up without any, are left out.
 *
 * @returns how many there are, and each difference as a sentence
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

function differencesOf(recorded: Recorded): readonly string[] {
  const { id, basis, policy } = recorded;
  if (policy === null) return [`The policy of decision ${id} is not stored.`];
  const length = JSON.stringify(basis).length;
  const tooLong = length > MAX_FACTS_LENGTH ? [`The facts of decision ${id} take ${length}.`] : [];
  const again = summary(decide(policy, parseDecisionFacts(basis)));
  const before = summary({
    ...recorded,
    until: recorded.next_at ?? undefined,
  } as unknown as Decision);
  return isDeepStrictEqual(again, before)
    ? tooLong
    : [
        ...tooLong,
        `Decision ${id} was ${JSON.stringify(before)}; from its facts follows ${JSON.stringify(again)}.`,
      ];
}

/** What has to be equal; the words of a template that cannot be rendered are no fact. */
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
