import type { DecisionPolicy } from '../../../domain/decision/policy';
import type { Db } from '../../transaction';

/** The policies that some decisions were made under, by version. */
export async function policiesOf(
  db: Db,
  versions: readonly (string | null)[],
): Promise<ReadonlyMap<string, DecisionPolicy>> {
  const known = [...new Set(versions)].filter((version) => version !== null);
  if (known.length === 0) return new Map();
  const rows = await db
    .selectFrom('policies')
    .select(['version', 'policy'])
    .where('version', 'in', known)
    .execute();
  return new Map(rows.map(({ version, policy }) => [version, policy]));
}
