import { sql } from 'kysely';
import type { Db } from '../../db/transaction';

/**
 * An identifier of the customer of an e-mail address: the one who had it first as an identifier;
 * `several` where more than one has it only as a trait.
 */
export type KnownEmail = { readonly kind: string; readonly value: string } | 'several';

/** The customers of addresses, by the address in lower case, without unknown ones. */
export async function customersOfEmails(
  db: Db,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, KnownEmail>> {
  const known = new Map<string, KnownEmail>();
  if (addresses.length === 0) return known;
  const { rows } = await sql<{ email: string; kind: string; value: string }>`
    select e.email, i.kind, i.value
    from unnest(${[...new Set(addresses)]}::text[]) as e (email)
    cross join lateral (
      select customer_id as id from identifiers where kind = 'email' and value = e.email
      union all
      (select id from customers
        where lower(traits ->> 'email') = e.email and merged_into is null
          and not exists (select from identifiers where kind = 'email' and value = e.email)
        limit 2)) c
    cross join lateral (
      select kind, value from identifiers
      where customer_id = c.id and kind in ('user_id', 'anonymous_id')
      order by kind desc, created_at, value limit 1) i`.execute(db);
  for (const { email, kind, value } of rows) {
    known.set(email, known.has(email) ? 'several' : { kind, value });
  }
  return known;
}
