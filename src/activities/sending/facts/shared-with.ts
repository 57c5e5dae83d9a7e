import { sql } from 'kysely';
import { z } from 'zod';
import { comparableEmail, comparablePhone } from '../../../domain/identity/address-forms';
import type { JsonObject } from '../../../domain/json';
import { defineFact } from './define-fact';

/** Another customer who owns one of this customer's addresses as an identifier. */
export const sharedWith = defineFact({
  sql({ customer }) {
    const { kinds, values } = addressIdentifiers(customer.traits);
    return sql`(
      select i.customer_id
      from unnest(${kinds}::text[], ${values}::text[]) as a (kind, value)
      cross join lateral (
        select customer_id from identifiers where kind = a.kind and value = a.value offset 0) i
      where i.customer_id <> ${customer.id} limit 1)`;
  },
  schema: z.string().nullable(),
});

function addressIdentifiers({ email, phone }: JsonObject) {
  const found = [
    ['email', typeof email === 'string' ? comparableEmail(email) : undefined],
    ['phone', typeof phone === 'string' ? comparablePhone(phone) : undefined],
  ].filter(([, value]) => value !== undefined);
  return { kinds: found.map(([kind]) => kind), values: found.map(([, value]) => value) };
}
