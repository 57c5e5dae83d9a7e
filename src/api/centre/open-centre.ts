import { currentCustomer } from '../../db/current-customer';
import { chooserOf, type Chooser } from '../../db/read-models/customers/preferences';
import { addressOf } from '../../domain/channels/address-of';
import {
  channelDefinition,
  channelDefinitions,
  isChannelKind,
  type ChannelKind,
} from '../../domain/channels/channel-kind';
import { choicesOf } from '../../domain/consent/choices';
import { resolveZone } from '../../domain/schedule/zone';
import { readLink, signLink, type LinkClaim } from '../../links/signed-link';
import type { RouteRequest } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import type { CentreView } from '../pages/centre-view';
import { goneCustomer } from '../pages/link-pages';
import { maskedAddress } from '../pages/words';
import { claimOf, sendCentrePage } from './link-claim';
import { pageLanguage } from './page-language';

/** How long a page may stay open before its buttons stop working. */
const FORM_LIFETIME_MS = 12 * 3_600_000;

type LinkRequest = Pick<
  RouteRequest<{ readonly token: string }, unknown, unknown>,
  'params' | 'raw' | 'response'
>;

/** What a valid link to the preference centre opens. */
export interface Opened {
  readonly claim: LinkClaim;
  readonly chooser: Chooser;
  readonly view: CentreView;
}

/** Opens the link of a request; answers the request itself and returns undefined where it cannot. */
export async function openCentre(
  deps: RouteDeps,
  request: LinkRequest,
  root?: string,
): Promise<Opened | undefined> {
  const claim = claimOf(deps, request, 'preferences', root);
  if (claim === undefined) return undefined;
  const id = await currentCustomer(deps.db, claim.customerId);
  const chooser = id === undefined ? undefined : await chooserOf(deps.db, id);
  if (chooser === undefined) {
    const language = pageLanguage(request.raw, deps.centre);
    const page = goneCustomer({ settings: deps.centre.settings, language });
    sendCentrePage(deps, request.response, language, page);
    return undefined;
  }
  return { claim, chooser, view: viewOf(deps, request, claim, chooser) };
}

export function viewOf(
  deps: RouteDeps,
  { params, raw }: LinkRequest,
  claim: LinkClaim,
  chooser: Chooser,
): CentreView {
  const { centre, links, clock, topics } = deps;
  const { preferences, consents } = chooser;
  const language = pageLanguage(raw, { ...centre, locale: chooser.locale });
  const channels = offeredChannels(centre, chooser);
  const chosen = choicesOf({ consents, preferences, topics, channels });
  const now = clock.now();
  const { pausedUntil } = preferences;
  const address = isChannelKind(claim.channel) ? addressOf(claim.channel, chooser, null) : null;
  return {
    settings: centre.settings,
    language,
    zone: resolveZone(chooser.timeZone, centre.defaultZone).zone,
    address: address !== null && isReadable(claim.channel) ? maskedAddress(address) : undefined,
    topics,
    channels,
    chosen,
    was: chosen,
    preferences,
    pausedUntil:
      pausedUntil !== null && new Date(pausedUntil) > now ? new Date(pausedUntil) : undefined,
    formToken: signLink(
      { ...claim, act: 'form', expiresAt: now.getTime() + FORM_LIFETIME_MS },
      links.signingKey,
    ),
    why: `${params.token}/why?lang=${language}`,
  };
}

/** Whether a person recognises an address of the channel. */
function isReadable(channel: string): boolean {
  const address = channelDefinition(channel)?.address;
  return address !== undefined && 'trait' in address && address.readable;
}

/** The channels that have a provider or a consent, and on which the customer has an address. */
function offeredChannels(centre: RouteDeps['centre'], chooser: Chooser): CentreView['channels'] {
  const agreed = new Set(chooser.consents.map(({ channel }) => channel));
  return channelDefinitions()
    .filter(({ offeredInCentre = true }) => offeredInCentre)
    .map(({ kind }) => kind as ChannelKind)
    .filter((channel) => centre.channels.includes(channel) || agreed.has(channel))
    .filter((channel) => addressOf(channel, chooser, null) !== null);
}

/** Whether a form comes from a page of this customer that was opened not too long ago. */
export function isFormOf({ links, clock }: RouteDeps, claim: LinkClaim, token: string): boolean {
  const form = token.length <= 2_000 ? readLink(token, links.signingKey, clock.now()) : 'forged';
  return typeof form === 'object' && form.act === 'form' && form.customerId === claim.customerId;
}
