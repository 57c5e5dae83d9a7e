import { sql } from 'kysely';
import { recordset } from '../db/sql/recordset';
import type { Tx } from '../db/transaction';
import type { AddressHasher } from '../db/stores/address-hash';
import { hashSuppressions } from '../db/stores/suppressions';
import type { PiiTerms } from './pii-terms';

/**
 * What an erasure keeps: suppressed addresses stay suppressed, and opted-out addresses stay opted out,
 * both as keyed hashes. As before, only a later subscription ends an opt-out.
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
  await hashSuppressions(tx, hashed);
  await sql`
    insert into erased_opt_outs (address_hash, channel, purpose, at)
    select k.hash, k.channel, c.purpose, max(c.at)
    from ${recordset(hashed, { channel: 'text', address: 'text', hash: 'text' })} as k
    join consents c on c.customer_id = any(${customers}::text[])
      and c.state = 'unsubscribed' and c.channel in (k.channel, '*')
    group by 1, 2, 3
    on conflict (address_hash, channel, purpose)
      do update set at = greatest(erased_opt_outs.at, excluded.at)`.execute(tx);
}
