import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import { CHANNELS } from '../domain/channel-kind';
import { channelsOfAddress } from '../domain/contact-address';

/** Each channel with those that share its addresses, as two lists of the same length. */
const SHARED = CHANNELS.flatMap((channel) =>
  channelsOfAddress(channel).map((other) => ({ channel, other })),
);
const FROM = SHARED.map(({ channel }) => channel);
const TO = SHARED.map(({ other }) => other);

/**
 * Forbids the address that a message went to, on every channel on which it is an address. An address
 * stands for itself: whoever has it is written to no longer.
 */
export async function suppressAddressOf(
  tx: Tx,
  messageId: string,
  reason: string,
  at: Date,
): Promise<void> {
  await sql`
    insert into suppressions (channel, address, reason, message_id, at)
    select s.other, lower(m.address), ${reason}, m.id, ${at}
    from messages m
    join unnest(${FROM}::text[], ${TO}::text[]) as s (channel, other) on s.channel = m.channel
    where m.id = ${messageId} and m.address <> ''
    on conflict do nothing`.execute(tx);
}
