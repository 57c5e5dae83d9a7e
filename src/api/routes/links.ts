import { Router, type Request, type Response } from 'express';
import { currentCustomer } from '../../db/current-customer';
import { addRoute } from '../http/add-route';
import { audit, THE_CUSTOMER } from '../auth/audit';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import { answerWithPage } from '../centre/answer-with-page';
import type { Centre } from '../centre/centre';
import { confirm } from '../centre/confirm';
import {
  centreToken,
  claimOf,
  linkedCustomer,
  proofIn,
  sendCentrePage,
} from '../centre/link-claim';
import { unsubscribe } from '../centre/unsubscribe';
import { readFields, readForm } from '../http/read-form';
import type { LinkClaim } from '../../links/signed-link';
import * as pages from '../pages/link-pages';
import type { PageContent } from '../pages/layout';

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'links' | 'clock' | 'logger'> & {
  readonly centre: Centre;
};

/** A form of two fields; more is none of ours. */
const MAX_BYTES = 16 * 1024;

/**
 * The pages behind the links in messages. To look at one changes nothing (mail scanners open every
 * link); only a post does, from the page's button or from a mail program's one click (RFC 8058).
 */
export function createLinkRoutes(deps: Deps): Router {
  const router = Router();

  /** Answers a good link with a page in the customer's language. */
  const answer = async (
    request: Request,
    response: Response,
    claim: LinkClaim,
    page: (words: pages.LinkWords) => PageContent | Promise<PageContent>,
  ) => {
    const { language } = await linkedCustomer(deps, request, claim);
    const words = { settings: deps.centre.settings, language };
    sendCentrePage(deps, response, language, await page(words));
  };

  addRoute(router, '/unsubscribe/:token', {
    get: async (request, response) => {
      const claim = claimOf(deps, request, response, 'unsubscribe');
      if (claim === undefined) return;
      const centre = centreOf(deps, claim);
      await answer(request, response, claim, (words) =>
        pages.askToUnsubscribe(words, claim, centre),
      );
    },
    post: [
      readBytes(MAX_BYTES),
      async (request, response) => {
        const claim = claimOf(deps, request, response, 'unsubscribe');
        if (claim === undefined) return;
        const wanted = isOneClick(await readFields(request));
        const centre = centreOf(deps, claim);
        if (wanted) {
          await auditLinked(deps, request, claim);
          await unsubscribe(deps, claim, proofIn(claim, request));
        }
        await answer(request, response, claim, (words) =>
          wanted
            ? pages.unsubscribed(words, claim, centre)
            : pages.nothingDone(words, pages.askToUnsubscribe(words, claim, centre)),
        );
      },
    ],
  });
  addRoute(router, '/confirm/:token', {
    get: async (request, response) => {
      const claim = claimOf(deps, request, response, 'confirm');
      if (claim === undefined) return;
      await answer(request, response, claim, (words) => pages.askToConfirm(words, claim));
    },
    post: [
      readBytes(MAX_BYTES),
      async (request, response) => {
        const claim = claimOf(deps, request, response, 'confirm');
        if (claim === undefined) return;
        const form = await readForm(request);
        await answer(request, response, claim, async (words) => {
          if (form?.get('confirm') !== 'yes') {
            return pages.nothingDone(words, pages.askToConfirm(words, claim));
          }
          await auditLinked(deps, request, claim);
          switch (await confirm(deps, claim, proofIn(claim, request))) {
            case 'subscribed':
              return pages.confirmed(words, claim);
            case 'lapsed':
              return pages.lapsedRequest(words);
            case 'used':
              return pages.usedLink(words);
          }
        });
      },
    ],
  });
  router.use(answerWithPage(deps));
  return router;
}

async function auditLinked(deps: Deps, request: Request, claim: LinkClaim): Promise<void> {
  const customerId = await currentCustomer(deps.db, claim.customerId);
  if (customerId !== undefined) await audit(deps.db, request, customerId, { actor: THE_CUSTOMER });
}

/** The body of RFC 8058: this one pair, and nothing beside it. */
function isOneClick(fields: Awaited<ReturnType<typeof readFields>>): boolean {
  const [first, ...others] = fields ?? [];
  return (
    first !== undefined &&
    others.length === 0 &&
    first[0] === 'List-Unsubscribe' &&
    first[1] === 'One-Click'
  );
}

function centreOf(deps: Deps, claim: LinkClaim): string {
  return `../preferences/${centreToken(deps, claim)}`;
}
