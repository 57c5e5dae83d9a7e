import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import { SOFT_BOUNCES, type SoftBounceRule } from '../domain/consent/bounces';
import { durationMs } from '../domain/duration';
import type { StoredEvent } from '../events/stored-event';
import { recordBounced, recordClicked, recordDelivered, recordOpened } from '../db/stores/messages';
import { suppressAddressOfMessage } from '../db/stores/suppressions';

/**
 * Applies the delivery reports among the events to their messages, the first report of each kind. A
 * hard bounce or a complaint also suppresses the address, for every journey, channel and customer; so
 * do too many soft bounces.
 */
export async function applyDeliveryReports(
  tx: Tx,
  events: readonly StoredEvent[],
  softBounces: SoftBounceRule = SOFT_BOUNCES,
): Promise<void> {
  for (const event of events) {
    const id = event.aboutMessageId;
    if (id === null) continue;
    const at = event.occurredAt;
    switch (event.name) {
      case 'Message Delivered':
        await applyDelivered(tx, id, at);
        break;
      case 'Message Opened':
        await recordOpened(tx, id, at);
        break;
      case 'Message Clicked':
        await recordClicked(tx, id, at);
        break;
      case 'Message Bounced':
        await recordBounced(tx, id);
        // A bounce of unknown kind counts as hard: continuing to send would do more harm.
        if (event.properties['kind'] !== 'soft')
          await suppressAddressOfMessage(tx, id, 'hard-bounce', at);
        else if (await softBouncesAreTooMany(tx, id, at, softBounces)) {
          await suppressAddressOfMessage(tx, id, 'soft-bounces', at);
        }
        break;
      case 'Message Complained':
        await suppressAddressOfMessage(tx, id, 'complaint', at);
        break;
      default:
        break; // other reports, such as a reply, are kept as events only
    }
  }
}

/** A delivery shows that the address works, so earlier soft bounces no longer count. */
async function applyDelivered(tx: Tx, id: string, at: Date): Promise<void> {
  await sql`
    with delivered as (${recordDelivered(id, at)})
    delete from soft_bounces b using delivered d
    where b.channel = d.channel and b.address = d.address and b.at <= ${at}`.execute(tx);
}

/** Records a soft bounce, once per message, and counts those of its address. */
async function softBouncesAreTooMany(
  tx: Tx,
  messageId: string,
  at: Date,
  rule: SoftBounceRule,
): Promise<boolean> {
  await sql`
    insert into soft_bounces (message_id, customer_id, channel, address, at)
    select id, customer_id, channel, lower(address), ${at} from messages
    where id = ${messageId} and address <> ''
    on conflict do nothing`.execute(tx);
  const since = new Date(at.getTime() - durationMs(rule.within));
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from soft_bounces
    where (channel, address) in (
        select channel, lower(address) from messages where id = ${messageId})
      and at > ${since}`.execute(tx);
  return (rows[0]?.count ?? 0) >= rule.most;
}
