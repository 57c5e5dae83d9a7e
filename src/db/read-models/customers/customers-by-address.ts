import { sql } from 'kysely';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Db, Tx } from '../../transaction';

/** The maximum number of customers; an address with more identifies no person. */
const MAX_CUSTOMERS = 100;

/**
 * The customers with an address, in the order of their ids: a person may have several profiles, and
 * several people may share an address.
 *
 * @param trait the trait that holds such addresses; without one, the result is empty
 * @param address in its normal form
 */
export async function customersByAddress(
  db: Db | Tx,
  trait: string | undefined,
  address: string,
): Promise<readonly string[]> {
  switch (trait) {
    case undefined:
      return [];
    case 'email':
      return byEmail(db, address.trim().toLowerCase());
    case 'phone':
      return byPhone(db, address);
    default:
      return byTrait(db, trait, address);
  }
}

async function byEmail(db: Db | Tx, email: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from customers
    where lower(traits ->> 'email') = ${email} and merged_into is null
    union
    select c.id from identifiers i join customers c on c.id = i.customer_id
    where i.kind = 'email' and i.value = ${email} and c.merged_into is null
    order by id limit ${MAX_CUSTOMERS}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * A trait keeps a number as it was typed: with `+`, `00` or neither before the country, and with or
 * without the `(0)` that people write before the rest.
 */
async function byPhone(db: Db | Tx, phone: string): Promise<readonly string[]> {
  const ways = spellingsOf(phone);
  const { rows } = await sql<{ id: string }>`
    select id from customers
    where traits ? 'phone' and merged_into is null
      and regexp_replace(traits ->> 'phone', '[^0-9+]', '', 'g') = any(${ways}::text[])
    union
    select c.id from identifiers i join customers c on c.id = i.customer_id
    where i.kind = 'phone' and i.value = any(${ways}::text[]) and c.merged_into is null
    order by id limit ${MAX_CUSTOMERS}`.execute(db);
  return rows.map(({ id }) => id);
}

/** The digits of a number in E.164, as a trait may hold them. */
function spellingsOf(phone: string): readonly string[] {
  const number = parsePhoneNumberFromString(phone);
  if (number === undefined) return [phone];
  const { countryCallingCode, nationalNumber } = number;
  return ['+', '00', ''].flatMap((prefix) =>
    ['', '0'].map((trunk) => `${prefix}${countryCallingCode}${trunk}${nationalNumber}`),
  );
}

/** For the address of an application's own channel; no index supports it. */
async function byTrait(db: Db | Tx, trait: string, address: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from customers
    where lower(traits ->> ${trait}) = ${address.toLowerCase()} and merged_into is null
    union
    select c.id from identifiers i join customers c on c.id = i.customer_id
    where i.kind = ${trait} and i.value = ${address} and c.merged_into is null
    order by id limit ${MAX_CUSTOMERS}`.execute(db);
  return rows.map(({ id }) => id);
}
