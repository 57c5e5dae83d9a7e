import type { Request, Response } from 'express';
import { currentCustomer } from '../../db/current-customer';
import type { Clock } from '../../domain/clock';
import type { Db } from '../../db/transaction';
import type { JsonObject } from '../../domain/json';
import type { JourneyIndex } from '../../enrollments/journey-index';
import type { LinkSettings } from '../../links/message-links';
import { readLink, signLink, type LinkClaim } from '../../links/signed-link';
import type { Html } from '../pages/html';
import { sendPage, type PageContent, type PageFrame } from '../pages/layout';
import { expiredLink, forgedLink } from '../pages/link-pages';
import { renewForm } from '../pages/renew-page';
import type { Centre } from './centre';
import { pageLanguage } from './page-language';

export interface LinkDeps {
  readonly db: Db;
  readonly links: LinkSettings;
  readonly clock: Clock;
  readonly index: JourneyIndex;
  readonly centre: Centre;
}

/** The maximum length of a token in characters; ours are shorter. */
const MAX_TOKEN = 2_000;

/** The event by which somebody with an old link requests a new one. */
export const LINK_REQUESTED = 'Preference Link Requested';

/** Whether a journey sends new links on request. */
export function sendsLinks(index: JourneyIndex): boolean {
  return index.triggersOn(LINK_REQUESTED).length > 0;
}

function tokenIn(request: Request): string {
  const token: unknown = request.params['token'];
  return typeof token === 'string' ? token : '';
}

export function readToken(
  { links, clock }: Pick<LinkDeps, 'links' | 'clock'>,
  token: string,
): LinkClaim | 'forged' | 'expired' {
  return token.length <= MAX_TOKEN ? readLink(token, links.signingKey, clock.now()) : 'forged';
}

/**
 * The claim of a valid link; answers the request itself and returns undefined where it is not valid.
 *
 * @param root the path from the page to the root of these pages, such as `..`
 */
export function claimOf(
  deps: LinkDeps,
  { raw: request, response }: { readonly raw: Request; readonly response: Response },
  act: LinkClaim['act'],
  root = '..',
): LinkClaim | undefined {
  const claim = readToken(deps, tokenIn(request));
  // A link that confirms must not unsubscribe, nor the other way round.
  if (typeof claim === 'object' && claim.act === act) return claim;
  const language = pageLanguage(request, deps.centre);
  const words = { settings: deps.centre.settings, language };
  const page =
    claim === 'expired' ? expiredLink(words, renewal(deps, language, root)) : forgedLink(words);
  sendPage(response, page, { look: deps.centre.look, language, choice: true });
  return undefined;
}

function renewal({ index }: LinkDeps, language: PageFrame['language'], root: string): Html {
  const action = sendsLinks(index) ? `${root}/preferences/renew` : undefined;
  return renewForm({ language, action });
}

/** The present customer of a link (after merges), with the language of their page. */
export async function linkedCustomer(
  deps: LinkDeps,
  request: Request,
  claim: LinkClaim,
): Promise<{ readonly id: string | undefined; readonly language: PageFrame['language'] }> {
  const id = await currentCustomer(deps.db, claim.customerId);
  const row =
    id === undefined
      ? undefined
      : await deps.db
          .selectFrom('customers')
          .select('locale')
          .where('id', '=', id)
          .executeTakeFirst();
  const locale = row?.locale ?? null;
  return {
    id,
    language: pageLanguage(request, { locale, defaultLocale: deps.centre.defaultLocale }),
  };
}

/** Sends a page that a customer sees, with links to its other languages. */
export function sendCentrePage(
  { centre }: Pick<LinkDeps, 'centre'>,
  response: Response,
  language: PageFrame['language'],
  page: PageContent,
): void {
  sendPage(response, page, { look: centre.look, language, choice: true });
}

/** A token for the preference centre, for whoever has another valid link. */
export function centreToken({ links }: Pick<LinkDeps, 'links'>, claim: LinkClaim): string {
  return signLink({ ...claim, act: 'preferences' }, links.signingKey);
}

/** The proof that somebody who has the link did it. */
export function proofIn(claim: LinkClaim, request: Request): JsonObject {
  return {
    messageId: claim.messageId,
    ip: request.ip?.slice(0, 100) ?? null,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
  };
}
