import { currentCustomer } from '../../db/current-customer';
import { isChannelKind } from '../../domain/channels/channel-kind';
import type { JsonObject } from '../../domain/json';
import { changeConsents } from '../../consent/change-consents';
import { systemMessageId } from '../../events/system-message-id';
import type { LinkClaim } from '../../links/signed-link';
import type { ApiDeps } from '../api-deps';
import { optedOut } from './unsubscribe';

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'clock'>;

/**
 * Confirms a subscription that the customer requested (double opt-in). A link confirms only once:
 * otherwise an old mail, opened after the customer opted out, would subscribe them again. A request
 * that has expired is not confirmed.
 *
 * @returns whether the customer is subscribed now, or why not
 */
export async function confirm(
  deps: Deps,
  claim: LinkClaim,
  proof: JsonObject,
): Promise<'subscribed' | 'used' | 'lapsed'> {
  const { channel, purpose } = claim;
  const customerId = await currentCustomer(deps.db, claim.customerId);
  if (customerId === undefined || !isChannelKind(channel)) return 'used';
  const at = deps.clock.now();
  const messageId = `confirm:${claim.messageId}:${channel}:${purpose}`.slice(0, 255);
  const used = await deps.db
    .selectFrom('event_ids')
    .select('message_id')
    .where('message_id', '=', systemMessageId(messageId))
    .executeTakeFirst();
  if (used !== undefined) {
    return (await optedOut(deps.db, customerId, channel, purpose)) ? 'used' : 'subscribed';
  }
  const latest = await deps.db
    .selectFrom('consent_ledger')
    .select(['source', 'wording', 'state'])
    .where('customer_id', '=', customerId)
    .where('channel', '=', channel)
    .where('purpose', '=', purpose)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (latest?.source === 'expiry') return 'lapsed';
  const change = {
    channel,
    purpose,
    state: 'subscribed',
    source: 'double-opt-in',
    // The customer confirms the wording of their request.
    wording: latest?.state === 'pending' ? latest.wording : null,
    proof,
    at,
  } as const;
  // The consent first: after a crash in between, the button works again.
  await changeConsents(deps, customerId, [change], at);
  await deps.ingest.transact((_tx, record) =>
    record({
      messageId,
      customerId,
      type: 'track',
      name: 'Subscription Confirmed',
      properties: { topic: purpose, channel },
      at,
    }),
  );
  return 'subscribed';
}
