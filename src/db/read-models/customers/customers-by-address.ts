import { sql } from 'kysely';
import { tidyPhone } from '../../../domain/contact-address';
import type { Db, Tx } from '../../transaction';

/** An address that more customers have than this is nobody's in particular. */
const MOST = 100;

/**
 * Everybody who is reached at an address, in the order of their ids: a person may have several
 * profiles, and an address several persons.
 */
export async function customersByAddress(
  db: Db | Tx,
  kind: 'email' | 'phone',
  address: string,
): Promise<readonly string[]> {
  return kind === 'email' ? byEmail(db, address.trim().toLowerCase()) : byPhone(db, address);
}

async function byEmail(db: Db | Tx, email: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from customers
    where lower(traits ->> 'email') = ${email} and merged_into is null
    union
    select c.id from identifiers i join customers c on c.id = i.customer_id
    where i.kind = 'email' and i.value = ${email} and c.merged_into is null
    order by id limit ${MOST}`.execute(db);
  return rows.map(({ id }) => id);
}

/** A number may stand in a profile with `+`, with `00` or with neither before its country. */
async function byPhone(db: Db | Tx, phone: string): Promise<readonly string[]> {
  const number = tidyPhone(phone);
  const bare = number.replace(/^\+/, '');
  const ways = number.startsWith('+') ? [number, `00${bare}`, bare] : [number];
  const { rows } = await sql<{ id: string }>`
    select id from customers
    where traits ? 'phone' and merged_into is null
      and regexp_replace(traits ->> 'phone', '[^0-9+]', '', 'g') = any(${ways}::text[])
    union
    select c.id from identifiers i join customers c on c.id = i.customer_id
    where i.kind = 'phone' and i.value = any(${ways}::text[]) and c.merged_into is null
    order by id limit ${MOST}`.execute(db);
  return rows.map(({ id }) => id);
}
