import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { AddressHasher } from './address-hash';
import type { PiiTerms } from './pii-terms';

/**
 * What outlives a customer: an address that must not be written to stays suppressed, and one for
 * which they opted out stays opted out, both as keyed hashes. An opt-out weighs as it did before:
 * only a subscription that comes after it ends it.
 */
export async function keepOptOuts(
  tx: Tx,
  hasher: AddressHasher,
  customers: readonly string[],
  { addresses }: Pick<PiiTerms, 'addresses'>,
): Promise<void> {
  if (addresses.length === 0) return;
  const hashed = addresses.map(({ channel, address }) => {
    return { channel, address, hash: hasher.hash(address) };
  });
  await sql`
    with known as (
      select * from json_to_recordset(${JSON.stringify(hashed)}::json)
        as r (channel text, address text, hash text)),
    lifted as (
      delete from suppressions s using (select distinct address from known) k
      where s.address = k.address returning s.channel, s.address, s.reason, s.at)
    insert into suppressions (channel, address, reason, message_id, at)
    select distinct l.channel, k.hash, l.reason, null, l.at
    from lifted l join (select distinct address, hash from known) k on k.address = l.address
    on conflict do nothing`.execute(tx);
  await sql`
    insert into erased_opt_outs (address_hash, channel, purpose, at)
    select k.hash, k.channel, c.purpose, max(c.at)
    from json_to_recordset(${JSON.stringify(hashed)}::json)
      as k (channel text, address text, hash text)
    join consents c on c.customer_id = any(${customers}::text[])
      and c.state = 'unsubscribed' and c.channel in (k.channel, '*')
    group by 1, 2, 3
    on conflict (address_hash, channel, purpose)
      do update set at = greatest(erased_opt_outs.at, excluded.at)`.execute(tx);
}
