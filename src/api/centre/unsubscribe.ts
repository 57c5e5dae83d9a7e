import { consentsOf } from '../../db/read-models/customers/customer-profile';
import { currentCustomer } from '../../db/current-customer';
import type { Db } from '../../db/transaction';
import { isChannelKind, type ChannelKind } from '../../domain/channels/channel-kind';
import { consentGate, type ConsentRecord } from '../../domain/consent/consent';
import type { JsonObject } from '../../domain/json';
import { changeConsents } from '../../consent/change-consents';
import type { LinkClaim } from '../../links/signed-link';
import type { ApiDeps } from '../api-deps';

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'clock'>;

/**
 * Unsubscribes a customer from the channel and purpose of a link. Mail programs repeat the post; only
 * the first one has an effect. An erased customer has no subscription to end.
 *
 * @param source the source of the request: `link`, or `mailto`
 */
export async function unsubscribe(
  deps: Deps,
  claim: LinkClaim,
  proof: JsonObject,
  source = 'link',
): Promise<void> {
  const { channel, purpose } = claim;
  const customerId = await currentCustomer(deps.db, claim.customerId);
  if (customerId === undefined || !isChannel(channel)) return;
  if (isChannelKind(channel) && (await optedOut(deps.db, customerId, channel, purpose))) return;
  const at = deps.clock.now();
  const change = { channel, purpose, state: 'unsubscribed', source, proof, at } as const;
  await changeConsents(deps, customerId, [change], at);
}

export async function optedOut(
  db: Db,
  customerId: string,
  channel: ChannelKind,
  purpose: string,
): Promise<boolean> {
  const consents = (await consentsOf(db, customerId)) as readonly ConsentRecord[];
  const gate = consentGate({ purpose, channel, consents, suppressed: false });
  return !gate.pass && gate.reason === 'unsubscribed';
}

function isChannel(channel: string): channel is ConsentRecord['channel'] {
  return channel === '*' || isChannelKind(channel);
}
