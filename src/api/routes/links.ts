import { z } from 'zod';
import { currentCustomer } from '../../db/current-customer';
import type { LinkClaim } from '../../links/signed-link';
import { audit, THE_CUSTOMER } from '../auth/audit';
import { confirm } from '../centre/confirm';
import {
  centreToken,
  claimOf,
  linkedCustomer,
  proofIn,
  sendCentrePage,
} from '../centre/link-claim';
import { unsubscribe } from '../centre/unsubscribe';
import { formBody } from '../contract/bodies';
import { CUSTOMER_PAGE, LINK_PAGES, TOKEN } from '../contract/page-route';
import { route, SENT, type RouteRequest } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import type { Fields } from '../http/read-form';
import type { PageContent } from '../pages/layout';
import * as pages from '../pages/link-pages';

/** The form has two fields. */
const MAX_BYTES = 16 * 1024;

type LinkRequest = Pick<RouteRequest<unknown, unknown, unknown>, 'raw' | 'response'>;

/*
 * The pages behind the links in messages. Opening one changes nothing, since mail scanners open
 * every link; only a post does, from the page's button or from a mail program's one click (RFC 8058).
 */

export const showUnsubscribe = route({
  ...CUSTOMER_PAGE,
  method: 'GET',
  path: '/unsubscribe/:token',
  id: 'showUnsubscribe',
  summary: 'A page that asks whether to unsubscribe; it changes nothing',
  params: { token: TOKEN },
  answers: LINK_PAGES,
  audit: 'none',
  handle: async (deps, request) => {
    const claim = claimOf(deps, request, 'unsubscribe');
    if (claim !== undefined) {
      await sendLinkPage(deps, request, claim, (words) =>
        pages.askToUnsubscribe(words, claim, centreOf(deps, claim)),
      );
    }
    return SENT;
  },
});

export const unsubscribeByLink = route({
  ...CUSTOMER_PAGE,
  method: 'POST',
  path: '/unsubscribe/:token',
  id: 'unsubscribe',
  summary: "Unsubscribe, by the page's button or a mail program's one click (RFC 8058)",
  params: { token: TOKEN },
  body: formBody(z.strictObject({ 'List-Unsubscribe': z.literal('One-Click') }), {
    maxBytes: MAX_BYTES,
  }),
  answers: LINK_PAGES,
  audit: 'handler',
  handle: async (deps, request) => {
    const claim = claimOf(deps, request, 'unsubscribe');
    if (claim === undefined) return SENT;
    const wanted = isOneClick(request.body);
    const centre = centreOf(deps, claim);
    if (wanted) {
      await auditLinked(deps, request, claim);
      await unsubscribe(deps, claim, proofIn(claim, request.raw));
    }
    await sendLinkPage(deps, request, claim, (words) =>
      wanted
        ? pages.unsubscribed(words, claim, centre)
        : pages.nothingDone(words, pages.askToUnsubscribe(words, claim, centre)),
    );
    return SENT;
  },
});

export const showConfirm = route({
  ...CUSTOMER_PAGE,
  method: 'GET',
  path: '/confirm/:token',
  id: 'showConfirm',
  summary: 'A page that asks whether to confirm a subscription; it changes nothing',
  params: { token: TOKEN },
  answers: LINK_PAGES,
  audit: 'none',
  handle: async (deps, request) => {
    const claim = claimOf(deps, request, 'confirm');
    if (claim !== undefined) {
      await sendLinkPage(deps, request, claim, (words) => pages.askToConfirm(words, claim));
    }
    return SENT;
  },
});

export const confirmByLink = route({
  ...CUSTOMER_PAGE,
  method: 'POST',
  path: '/confirm/:token',
  id: 'confirm',
  summary: 'Confirm a subscription (double opt-in)',
  params: { token: TOKEN },
  body: formBody(z.looseObject({ confirm: z.literal('yes') }), { maxBytes: MAX_BYTES }),
  answers: LINK_PAGES,
  audit: 'handler',
  handle: async (deps, request) => {
    const claim = claimOf(deps, request, 'confirm');
    if (claim === undefined) return SENT;
    const confirmed = new Map(request.body ?? []).get('confirm') === 'yes';
    await sendLinkPage(deps, request, claim, async (words) => {
      if (!confirmed) return pages.nothingDone(words, pages.askToConfirm(words, claim));
      await auditLinked(deps, request, claim);
      switch (await confirm(deps, claim, proofIn(claim, request.raw))) {
        case 'subscribed':
          return pages.confirmed(words, claim);
        case 'lapsed':
          return pages.lapsedRequest(words);
        case 'used':
          return pages.usedLink(words);
      }
    });
    return SENT;
  },
});

/** Answers a valid link with a page in the customer's language. */
async function sendLinkPage(
  deps: RouteDeps,
  { raw, response }: LinkRequest,
  claim: LinkClaim,
  page: (words: pages.LinkWords) => PageContent | Promise<PageContent>,
): Promise<void> {
  const { language } = await linkedCustomer(deps, raw, claim);
  const words = { settings: deps.centre.settings, language };
  sendCentrePage(deps, response, language, await page(words));
}

async function auditLinked(
  { db }: RouteDeps,
  { raw }: LinkRequest,
  claim: LinkClaim,
): Promise<void> {
  const customerId = await currentCustomer(db, claim.customerId);
  if (customerId !== undefined) await audit(db, raw, customerId, { actor: THE_CUSTOMER });
}

/** The body of RFC 8058 is this one pair and nothing else. */
function isOneClick(fields: Fields | undefined): boolean {
  const [first, ...others] = fields ?? [];
  return (
    first !== undefined &&
    others.length === 0 &&
    first[0] === 'List-Unsubscribe' &&
    first[1] === 'One-Click'
  );
}

function centreOf(deps: RouteDeps, claim: LinkClaim): string {
  return `../preferences/${centreToken(deps, claim)}`;
}
