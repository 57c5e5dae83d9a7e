import { sql } from 'kysely';
import type { Db } from '../transaction';

export type FoundCustomer =
  | { readonly found: 'one'; readonly id: string }
  | { readonly found: 'none' }
  /** More than one customer has this e-mail address. */
  | { readonly found: 'several'; readonly ids: readonly string[] };

const IDENTIFIERS = ['user_id', 'anonymous_id'] as const;

/**
 * Finds a customer by what people and product systems call them: `user_id:...`, `anonymous_id:...`,
 * `email:...`, or a bare value, which is tried as a user id, an anonymous id and a customer's id.
 * A customer who was merged into another one leads there.
 */
export async function findCustomer(db: Db, reference: string): Promise<FoundCustomer> {
  const [, kind = '', value = ''] = /^(user_id|anonymous_id|email):(.+)$/s.exec(reference) ?? [];
  if (kind === 'email') {
    const ids = await byEmail(db, value);
    if (ids.length > 1) return { found: 'several', ids };
    if (ids[0] !== undefined) return one(ids[0]);
  } else if (kind !== '') {
    const id = await byIdentifier(db, [kind], value);
    if (id !== undefined) return one(id);
  }
  const id = (await byIdentifier(db, IDENTIFIERS, reference)) ?? (await byId(db, reference));
  return id === undefined ? { found: 'none' } : one(id);
}

/** The customer whom an id stands for now; undefined where it is nobody's any more. */
export async function currentCustomer(db: Db, id: string): Promise<string | undefined> {
  return byId(db, id);
}

function one(id: string): FoundCustomer {
  return { found: 'one', id };
}

async function byIdentifier(
  db: Db,
  kinds: readonly string[],
  value: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('identifiers as i')
    .innerJoin('customers as c', 'c.id', 'i.customer_id')
    .select(sql<string>`coalesce(c.merged_into, c.id)`.as('id'))
    .where('i.kind', 'in', [...kinds])
    .where('i.value', '=', value)
    .orderBy('i.kind', 'desc') // user_id goes before anonymous_id
    .executeTakeFirst();
  return row?.id;
}

async function byId(db: Db, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('customers')
    .select(sql<string>`coalesce(merged_into, id)`.as('id'))
    .where('id', '=', id)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return row?.id;
}

async function byEmail(db: Db, email: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('customers')
    .select('id')
    .where(sql<string>`lower(traits ->> 'email')`, '=', email.trim().toLowerCase())
    .where('merged_into', 'is', null)
    .orderBy('updated_at', 'desc')
    .limit(10)
    .execute();
  return rows.map((row) => row.id);
}
