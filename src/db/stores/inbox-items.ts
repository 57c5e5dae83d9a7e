import { lockCurrentCustomer } from '../current-customer';
import { inTransaction, type Db } from '../transaction';

/**
 * An item of the in-app inbox: unread when added, read once, deleted with its message's content by the
 * retention, and with its customer by an erasure.
 */
export interface NewInboxItem {
  /** The message's id. */
  readonly id: string;
  readonly customerId: string;
  readonly title: string;
  readonly body: string;
  readonly url?: string;
  /** When the message was decided, on the journey's clock. */
  readonly at: Date;
}

/**
 * Adds an item to the inbox of a customer, or of the one they were merged into. Idempotent by id;
 * does nothing for a customer who was erased meanwhile.
 */
export async function addInboxItem(db: Db, item: NewInboxItem): Promise<void> {
  await inTransaction(db, async (tx) => {
    const customer = await lockCurrentCustomer(tx, item.customerId);
    if (customer === undefined) return;
    await tx
      .insertInto('inbox_items')
      .values({
        id: item.id,
        customer_id: customer.id,
        title: item.title,
        body: item.body,
        url: item.url ?? null,
        created_at: item.at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}
