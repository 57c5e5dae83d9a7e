import { sql } from 'kysely';
import type { Tx } from '../db/transaction';
import type { StoredEvent } from './stored-event';

/**
 * Writes on our messages what events report of them, the first report of each kind. A hard bounce
 * or a complaint also forbids the address, on every journey, from now on.
 */
export async function noteMessageEvents(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
  for (const event of events) {
    const id = event.aboutMessageId;
    if (id === null) continue;
    const at = event.occurredAt;
    switch (event.name) {
      case 'Message Delivered':
        await tx
          .updateTable('messages')
          .set({ status: 'delivered', delivered_at: at })
          .where('id', '=', id)
          .where('delivered_at', 'is', null)
          .execute();
        break;
      case 'Message Opened':
        await noteFirst(tx, id, 'opened_at', at);
        break;
      case 'Message Clicked':
        await noteFirst(tx, id, 'clicked_at', at);
        break;
      case 'Message Bounced':
        await tx.updateTable('messages').set({ status: 'bounced' }).where('id', '=', id).execute();
        // Without a word on its kind a bounce counts as hard: to go on writing would do more harm.
        if (event.properties['kind'] !== 'soft') await suppressAddress(tx, id, 'hard-bounce', at);
        break;
      case 'Message Complained':
        await suppressAddress(tx, id, 'complaint', at);
        break;
      default:
        break; // other reports, such as a reply, are kept as events only
    }
  }
}

async function noteFirst(tx: Tx, id: string, column: 'opened_at' | 'clicked_at', at: Date) {
  await tx
    .updateTable('messages')
    .set({ [column]: at })
    .where('id', '=', id)
    .where(column, 'is', null)
    .execute();
}

async function suppressAddress(tx: Tx, messageId: string, reason: string, at: Date): Promise<void> {
  await sql`
    insert into suppressions (channel, address, reason, message_id, at)
    select channel, lower(address), ${reason}, id, ${at} from messages
    where id = ${messageId} and address <> ''
    on conflict do nothing`.execute(tx);
}
