import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import type { MessageOwner } from '../events/event-to-apply';
import { messageNamedBy } from '../events/stored-event';

/** The message of ours that an event is about, and its owner. */
export interface Subject {
  readonly messageId: string;
  readonly owner: MessageOwner;
}

/** The message that each event is about; undefined if it names none, or an unknown one. */
export async function subjectsOf(
  tx: Tx,
  events: readonly { readonly name: string; readonly properties: JsonObject }[],
): Promise<readonly (Subject | undefined)[]> {
  const named = events.map(({ name, properties }) => messageNamedBy(name, properties));
  const owners = await readOwners(
    tx,
    named.filter((id) => id !== null),
  );
  return named.map((messageId) => {
    const owner = messageId === null ? undefined : owners.get(messageId);
    return messageId === null || owner === undefined ? undefined : { messageId, owner };
  });
}

async function readOwners(
  tx: Tx,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, MessageOwner>> {
  if (messageIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('messages')
    .select(['id', 'customer_id', 'enrollment_id'])
    .where('id', 'in', [...messageIds])
    .execute();
  return new Map(
    rows.map((row) => [row.id, { customerId: row.customer_id, enrollmentId: row.enrollment_id }]),
  );
}
