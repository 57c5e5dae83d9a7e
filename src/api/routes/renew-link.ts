import type { Router } from 'express';
import { customersByAddress } from '../../db/read-models/customers/customers-by-address';
import { newId } from '../../db/new-id';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import type { Centre } from '../centre/centre';
import { LINK_REQUESTED, sendCentrePage, sendsLinks } from '../centre/link-claim';
import { pageLanguage } from '../centre/page-language';
import { readForm } from '../http/read-form';
import { renewed, renewPage, tooManyRenewals } from '../pages/renew-page';
import { createRateLimiter } from '../http/rate-limiter';

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'clock'> & { readonly centre: Centre };

const MAX_BYTES = 8 * 1024;
const HOUR_MS = 3_600_000;
const FROM_ONE_PLACE = 10;
const FOR_ONE_ADDRESS = 3;

/** Every answer takes this long at least, so that its time does not tell whether we know somebody. */
const MIN_MS = 300;

/** One sign, and no blank: whether the mailbox is there, the mail will show. */
const ADDRESS = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;

/**
 * The page on which somebody whose link has expired asks for a new one. The answer is the same
 * whether the address is known or not. The link itself is sent by a journey that is triggered by
 * `Preference Link Requested`; where there is none, the page says what else can be done.
 */
export function addRenewRoute(router: Router, deps: Deps): void {
  const fromOnePlace = createRateLimiter({ most: FROM_ONE_PLACE, withinMs: HOUR_MS });
  const forOneAddress = createRateLimiter({ most: FOR_ONE_ADDRESS, withinMs: HOUR_MS });
  addRoute(router, '/preferences/renew', {
    get: (request, response) => {
      const language = pageLanguage(request, deps.centre);
      const action = sendsLinks(deps.index) ? 'renew' : undefined;
      sendCentrePage(deps, response, language, renewPage({ language, action }));
    },
    post: [
      readBytes(MAX_BYTES),
      async (request, response) => {
        const language = pageLanguage(request, deps.centre);
        const now = deps.clock.now();
        const address = ((await readForm(request))?.get('address') ?? '').trim().toLowerCase();
        if (!sendsLinks(deps.index) || address.length > 255 || !ADDRESS.test(address)) {
          const action = sendsLinks(deps.index) ? 'renew' : undefined;
          const wrong = address.slice(0, 255);
          sendCentrePage(deps, response, language, renewPage({ language, action, wrong }));
          return;
        }
        if (!fromOnePlace((request.ip ?? '').slice(0, 100), now)) {
          response.set('Retry-After', '3600');
          sendCentrePage(deps, response, language, tooManyRenewals(language));
          return;
        }
        const least = new Promise((resolve) => setTimeout(resolve, MIN_MS));
        // Beyond the limit of an address the answer stays the same: it must not tell of others' asking.
        if (forOneAddress(address, now)) await requestLink(deps, address, now);
        await least;
        sendCentrePage(deps, response, language, renewed(language));
      },
    ],
  });
}

/** Of several profiles with the address one is asked for; it is the same person's mailbox. */
async function requestLink({ db, ingest }: Deps, address: string, now: Date): Promise<void> {
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
