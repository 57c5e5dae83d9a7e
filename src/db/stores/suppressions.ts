import { sql, type RawBuilder } from 'kysely';
import { channelKinds, type ChannelKind } from '../../domain/channels/channel-kind';
import { channelsSharingAddress } from '../../domain/channels/address-of';
import { recordset } from '../sql/recordset';
import { isErased } from '../../domain/identity/erased';
import type { Db, Tx } from '../transaction';
import type { AddressHasher } from './address-hash';

/**
 * The owner of the table `suppressions`: addresses that must not be written to.
 *
 * | state      | row                         | entered when                                        |
 * | ---------- | --------------------------- | --------------------------------------------------- |
 * | allowed    | none                        | initially                                           |
 * | suppressed | the address in lower case   | hard bounce, too many soft bounces, complaint, a    |
 * |            |                             | provider's refusal, STOP from an unknown address    |
 * | suppressed | a keyed hash of the address | the customer is erased (`hashSuppressions`), or was |
 * |            |                             | erased before the provider refused                  |
 *
 * `suppressed` is final, with one exception: START lifts what STOP caused (`liftStop`). The first
 * reason stays; a second one changes nothing. A suppression holds on every channel that shares the
 * address, whoever has it.
 */
export type SuppressionReason =
  'hard-bounce' | 'soft-bounces' | 'complaint' | 'refused-by-provider' | 'stop';

/** The one form in which an address is compared with suppressed ones. */
function suppressionAddress(address: string): string {
  return address.trim().toLowerCase();
}

/** Every value under which an address may be suppressed: the address itself and its keyed hashes. */
export function suppressionKeys(hasher: AddressHasher, address: string): readonly string[] {
  return [suppressionAddress(address), ...hasher.hashes(address)];
}

/** The same in SQL: whether the address in a column is suppressed on the channel in a column. */
export function isSuppressedSql(
  hasher: AddressHasher,
  channel: RawBuilder<unknown>,
  address: RawBuilder<unknown>,
): RawBuilder<boolean> {
  const { inner, outer } = hasher.blocks;
  return sql<boolean>`exists (select from suppressions s
    where s.channel = ${channel} and s.address = any(lower(trim(${address})) || array(
      select ${hasher.prefix} || keyed_hash(k.inside, k.outside, lower(trim(${address})))
      from unnest(${inner}::bytea[], ${outer}::bytea[]) as k (inside, outside))))`;
}

export async function isSuppressed(
  db: Db,
  hasher: AddressHasher,
  { channel, address }: { readonly channel: string; readonly address: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('suppressions')
    .select('reason')
    .where('channel', '=', channel)
    .where('address', 'in', suppressionKeys(hasher, address))
    .executeTakeFirst();
  return row !== undefined;
}

/** Suppresses the address that a message was sent to, on every channel that shares the address. */
export async function suppressAddressOfMessage(
  tx: Tx,
  messageId: string,
  reason: SuppressionReason,
  at: Date,
): Promise<void> {
  const shared = channelKinds().flatMap((channel) =>
    channelsSharingAddress(channel).map((other) => ({ channel, other })),
  );
  const from = shared.map(({ channel }) => channel);
  const to = shared.map(({ other }) => other);
  await sql`
    insert into suppressions (channel, address, reason, message_id, at)
    select s.other, lower(trim(m.address)), ${reason}, m.id, ${at}
    from messages m
    join unnest(${from}::text[], ${to}::text[]) as s (channel, other) on s.channel = m.channel
    where m.id = ${messageId} and m.address <> ''
    on conflict do nothing`.execute(tx);
}

/**
 * Suppresses an address that a provider refused for good. The caller holds the message's row lock:
 * where its customer was erased since, only the keyed hash of the address is kept.
 */
export async function suppressRefusedAddress(
  tx: Tx,
  hasher: AddressHasher,
  refused: {
    readonly messageId: string;
    readonly customerId: string;
    readonly channel: ChannelKind;
    readonly address: string;
    readonly at: Date;
  },
): Promise<void> {
  const { messageId, customerId, channel, address, at } = refused;
  const erased = isErased(customerId);
  await insert(
    tx,
    channelsSharingAddress(channel).map((each) => ({
      channel: each,
      address: erased ? hasher.hash(address) : suppressionAddress(address),
      reason: 'refused-by-provider',
      message_id: erased ? null : messageId,
      at,
    })),
  );
}

/** Suppresses an address that wrote STOP and belongs to no known customer, on that channel. */
export async function suppressStopped(
  tx: Tx,
  { channel, address, at }: { channel: ChannelKind; address: string; at: Date },
): Promise<void> {
  const reason = 'stop';
  await insert(tx, [
    { channel, address: suppressionAddress(address), reason, message_id: null, at },
  ]);
}

/** Ends the suppression that an earlier STOP caused. @returns whether there was one */
export async function liftStop(
  tx: Tx,
  { channel, address, at }: { channel: ChannelKind; address: string; at: Date },
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('suppressions')
    .where('channel', '=', channel)
    .where('address', '=', suppressionAddress(address))
    .where('reason', '=', 'stop' satisfies SuppressionReason)
    .where('at', '<=', at)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Replaces suppressed addresses of an erased customer by their keyed hashes. */
export async function hashSuppressions(
  tx: Tx,
  addresses: readonly { readonly address: string; readonly hash: string }[],
): Promise<void> {
  const hashes = addresses.map(({ address, hash }) => ({ address, hash }));
  await sql`
    with known as (
      select distinct address, hash from ${recordset(hashes, { address: 'text', hash: 'text' })} as r),
    lifted as (
      delete from suppressions s using known k
      where s.address = k.address returning s.channel, s.address, s.reason, s.at)
    insert into suppressions (channel, address, reason, message_id, at)
    select distinct l.channel, k.hash, l.reason, null, l.at
    from lifted l join known k on k.address = l.address
    on conflict do nothing`.execute(tx);
}

async function insert(
  tx: Tx,
  rows: readonly {
    readonly channel: ChannelKind;
    readonly address: string;
    readonly reason: SuppressionReason;
    readonly message_id: string | null;
    readonly at: Date;
  }[],
): Promise<void> {
  await tx
    .insertInto('suppressions')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
