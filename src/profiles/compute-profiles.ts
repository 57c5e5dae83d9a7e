import type { Db } from '../db/transaction';
import { profileOf, type Profile } from '../domain/profile/profile';
import { evaluateSegments, type Belonging } from './evaluate-segments';
import type { ProfileRules } from './profile-rules';
import { readFacts } from './read-facts';

/** Everything that follows from a customer's events at a moment. */
export interface Computed {
  readonly customerId: string;
  readonly createdAt: Date;
  readonly profile: Profile;
  readonly segments: readonly string[];
  /** When time alone may change any of it; null for never. */
  readonly reconsiderAt: Date | null;
}

/**
 * Computes profiles and segments from the events, whatever is stored of them. This is what all that
 * is stored is held against: nothing is ever carried forward from an earlier result.
 *
 * @returns nothing for customers who are not there or were merged into others
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
  const belongings = new Map<string, Belonging>(
    (await evaluateSegments(db, rules.segments, customers, now)).map((each) => [
      each.customerId,
      each,
    ]),
  );
  return customers.flatMap((customer) => {
    const belonging = belongings.get(customer.customerId);
    if (belonging === undefined) return []; // gone since its facts were read
    const { segments, reconsiderAt } = belonging;
    return [{ ...customer, segments, reconsiderAt: earlier(reconsiderAt, customer.profile.until) }];
  });
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
