import type { Db } from '../db/transaction';
import { profileOf, type Profile } from '../domain/profile/profile';
import { evaluateSegments, type Membership } from './evaluate-segments';
import type { ProfileRules } from './profile-rules';
import { readFacts } from './read-facts';

/** A customer's profile and segments as of a time. */
export interface Computed {
  readonly customerId: string;
  readonly createdAt: Date;
  readonly profile: Profile;
  readonly segments: readonly string[];
  /** When any of it may change without an event; null for never. */
  readonly recomputeAt: Date | null;
}

/**
 * Computes profiles and segments from events, facts and messages. It never reads an earlier result,
 * so stored profiles and memberships can be verified against it.
 *
 * @returns nothing for customers who do not exist or were merged into others
 */
export async function computeProfiles(
  db: Db,
  rules: ProfileRules,
  customerIds: readonly string[],
  now: Date,
): Promise<readonly Computed[]> {
  const facts = await readFacts(db, customerIds, rules.defaultZone);
  const customers = facts.map((each) => {
    const { customerId, createdAt } = each;
    return { customerId, createdAt, profile: profileOf(each, rules.limits, now) };
  });
  const memberships = new Map<string, Membership>(
    (await evaluateSegments(db, rules.segments, customers, now)).map((each) => [
      each.customerId,
      each,
    ]),
  );
  return customers.flatMap((customer) => {
    const membership = memberships.get(customer.customerId);
    if (membership === undefined) return []; // erased after its facts were read
    const { segments, recomputeAt } = membership;
    return [{ ...customer, segments, recomputeAt: earliest(recomputeAt, customer.profile.until) }];
  });
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
