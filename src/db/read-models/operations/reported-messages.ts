import type { Db, Tx } from '../../transaction';

/** A message that a provider reports on. */
export interface ReportedMessage {
  readonly id: string;
  readonly customerId: string;
  readonly channel: string;
  readonly providerMessageId: string | null;
}

/**
 * The messages that a provider may report on, by either id: those that it accepted, and those that it
 * was asked to deliver in any attempt. A message of another provider is not among them.
 */
export async function reportedMessages(
  db: Db | Tx,
  provider: string,
  ids: {
    readonly messageIds: readonly string[];
    readonly providerMessageIds: readonly string[];
  },
): Promise<readonly ReportedMessage[]> {
  const columns = [
    'id',
    'customer_id as customerId',
    'channel',
    'provider_message_id as providerMessageId',
  ] as const;
  const byOurs = db
    .selectFrom('messages as m')
    .select(columns)
    .where('id', 'in', [...ids.messageIds])
    .where((is) =>
      is.exists(
        is
          .selectFrom('delivery_attempts as a')
          .select('a.attempt')
          .whereRef('a.message_id', '=', 'm.id')
          .where('a.provider', '=', provider),
      ),
    );
  const byTheirs = db
    .selectFrom('messages')
    .select(columns)
    .where('provider', '=', provider)
    .where('provider_message_id', 'in', [...ids.providerMessageIds]);
  const [ours, theirs] = await Promise.all([
    ids.messageIds.length === 0 ? [] : byOurs.execute(),
    ids.providerMessageIds.length === 0 ? [] : byTheirs.execute(),
  ]);
  return [...ours, ...theirs];
}
