import { z } from 'zod';
import { customersByAddress } from '../../db/read-models/customers/customers-by-address';
import { newId } from '../../db/new-id';
import { LINK_REQUESTED, sendCentrePage, sendsLinks } from '../centre/link-claim';
import { pageLanguage } from '../centre/page-language';
import { renewed, renewPage, tooManyRenewals } from '../pages/renew-page';
import { page } from '../contract/answers';
import { formBody } from '../contract/bodies';
import { CUSTOMER_PAGE } from '../contract/page-route';
import { route, SENT } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';

const MAX_BYTES = 8 * 1024;

/** Every answer takes at least this long, so that its time does not reveal who is a customer. */
const MIN_MS = 300;

/** One @ and no blank; whether the mailbox exists is found out by sending to it. */
const ADDRESS = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;

const form = z.looseObject({ address: z.email() });

/*
 * The page on which somebody whose link has expired requests a new one. The answer is the same
 * whether the address is known or not. The link itself is sent by a journey that is triggered by
 * `Preference Link Requested`; where there is none, the page says what else can be done.
 */

export const showRenewLink = route({
  ...CUSTOMER_PAGE,
  method: 'GET',
  path: '/preferences/renew',
  id: 'showRenewLink',
  summary: 'A page on which a customer requests a new link',
  answers: { 200: page('The page.') },
  audit: 'none',
  handle: (deps, { raw, response }) => {
    const language = pageLanguage(raw, deps.centre);
    sendCentrePage(deps, response, language, renewPage({ language, action: actionOf(deps) }));
    return SENT;
  },
});

export const renewLink = route({
  ...CUSTOMER_PAGE,
  method: 'POST',
  path: '/preferences/renew',
  id: 'renewLink',
  summary: 'Request a new link by mail',
  body: formBody(form, { maxBytes: MAX_BYTES }),
  answers: {
    200: page('A page that says that a mail is on its way if the address is known.'),
    400: page('The form again, with what is wrong.'),
    429: page('A page that says that too many links were requested.'),
  },
  audit: 'none',
  handle: async (deps, { raw, response, body }) => {
    const language = pageLanguage(raw, deps.centre);
    const now = deps.clock.now();
    const address = (new Map(body ?? []).get('address') ?? '').trim().toLowerCase();
    if (!sendsLinks(deps.index) || address.length > 255 || !ADDRESS.test(address)) {
      const wrong = address.slice(0, 255);
      const again = renewPage({ language, action: actionOf(deps), wrong });
      sendCentrePage(deps, response, language, again);
      return SENT;
    }
    if (!deps.renewals.byIp((raw.ip ?? '').slice(0, 100), now)) {
      response.set('Retry-After', '3600');
      sendCentrePage(deps, response, language, tooManyRenewals(language));
      return SENT;
    }
    const minimum = new Promise((resolve) => setTimeout(resolve, MIN_MS));
    // Over the limit of an address the answer stays the same: it must not reveal other requests.
    if (deps.renewals.byAddress(address, now)) await requestLink(deps, address, now);
    await minimum;
    sendCentrePage(deps, response, language, renewed(language));
    return SENT;
  },
});

/** Where the form of the page goes; undefined where no journey sends links. */
function actionOf({ index }: RouteDeps): string | undefined {
  return sendsLinks(index) ? 'renew' : undefined;
}

/** One customer is enough where several have the address: it is the same mailbox. */
async function requestLink({ db, ingest }: RouteDeps, address: string, now: Date): Promise<void> {
  const [customerId] = await customersByAddress(db, 'email', address);
  if (customerId === undefined) return;
  await ingest.transact((_tx, record) =>
    record({
      messageId: newId(),
      customerId,
      type: 'track',
      name: LINK_REQUESTED,
      properties: {},
      at: now,
    }),
  );
}
