import { sql } from 'kysely';
import { comparableEmail, comparablePhone } from '../../../domain/identity/address-forms';
import { isIdentifierKind, type IdentifierKind } from '../../../domain/identity/identifier';
import { currentCustomer } from '../../current-customer';
import type { Db } from '../../transaction';

export type FoundCustomer =
  | { readonly found: 'one'; readonly id: string }
  | { readonly found: 'none' }
  /** Whether several customers have this e-mail address, none of them as an identifier. */
  | { readonly found: 'several'; readonly ids: readonly string[] };

const BARE: readonly IdentifierKind[] = ['user_id', 'anonymous_id'];

/**
 * Finds a customer by what people and product systems call them: `user_id:...`, `anonymous_id:...`,
 * `email:...`, `phone:...`, `push_token:...`, `custom:TYPE:...`, or a bare value, which is tried as a
 * user id, an anonymous id and a customer's id. Whoever was merged into another one leads there. An
 * address that several have leads to the customer who had it first.
 */
export async function findCustomer(db: Db, reference: string): Promise<FoundCustomer> {
  const [, kind = '', value = ''] = /^([a-z_]+):(.+)$/s.exec(reference) ?? [];
  if (isIdentifierKind(kind)) {
    const id = await byIdentifier(db, [kind], comparable(kind, value));
    if (id !== undefined) return one(id);
    if (kind === 'email') {
      const ids = await byTrait(db, value);
      if (ids.length > 1) return { found: 'several', ids };
      if (ids[0] !== undefined) return one(ids[0]);
    }
  }
  const id = (await byIdentifier(db, BARE, reference)) ?? (await currentCustomer(db, reference));
  return id === undefined ? { found: 'none' } : one(id);
}

function comparable(kind: IdentifierKind, value: string): string {
  if (kind === 'email') return comparableEmail(value) ?? value;
  return (kind === 'phone' ? comparablePhone(value) : undefined) ?? value;
}

function one(id: string): FoundCustomer {
  return { found: 'one', id };
}

async function byIdentifier(
  db: Db,
  kinds: readonly IdentifierKind[],
  value: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('identifiers')
    .select('customer_id')
    .where('kind', 'in', [...kinds])
    .where('value', '=', value)
    .orderBy('kind', 'desc') // user_id goes before anonymous_id
    .executeTakeFirst();
  return row?.customer_id;
}

/** A journey may have set an address that came with no identify call. */
async function byTrait(db: Db, email: string): Promise<readonly string[]> {
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
