import { Router, type ErrorRequestHandler, type Request, type Response } from 'express';
import { consentsOf } from '../../db/read-models/customer-profile';
import { currentCustomer } from '../../db/read-models/find-customer';
import { isChannelKind, type ChannelKind } from '../../domain/channel-kind';
import { consentGate, type ConsentRecord } from '../../domain/consent/consent';
import type { JsonObject } from '../../domain/json';
import { ownMessageId } from '../../ingest/own-message-id';
import { changeConsents } from '../../ingest/change-consents';
import { readLink, type LinkClaim } from '../../links/signed-link';
import { addRoute } from '../add-route';
import { answerOf, logFailure, routeOf } from '../answer-error';
import type { ApiDeps } from '../api-deps';
import { audit, THE_CUSTOMER } from '../audit';
import { readBytes } from '../body';
import { readForm } from '../form';
import { sendPage } from '../pages/layout';
import * as pages from '../pages/link-pages';

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'links' | 'clock' | 'logger'>;

/** A form of two fields; more is none of ours. */
const MOST_BYTES = 16 * 1024;

/** Longer than any token of ours. */
const LONGEST_TOKEN = 2_000;

/**
 * The pages behind the links in messages. To look at one changes nothing (mail scanners open every
 * link); only a post does, from the page's button or from a mail program's one click (RFC 8058).
 */
export function createLinkRoutes(deps: Deps): Router {
  const router = Router();
  addRoute(router, '/unsubscribe/:token', {
    get: (request, response) => {
      const claim = claimOf(deps, request, response, 'unsubscribe');
      if (claim !== undefined) sendPage(response, pages.askToUnsubscribe(claim));
    },
    post: [
      readBytes(MOST_BYTES),
      async (request, response) => {
        const claim = claimOf(deps, request, response, 'unsubscribe');
        if (claim === undefined) return;
        const form = await readForm(request);
        if (form?.get('List-Unsubscribe') !== 'One-Click') {
          sendPage(response, pages.nothingDone(pages.askToUnsubscribe(claim)));
          return;
        }
        await unsubscribe(deps, claim, request);
        sendPage(response, pages.unsubscribed(claim));
      },
    ],
  });
  addRoute(router, '/confirm/:token', {
    get: (request, response) => {
      const claim = claimOf(deps, request, response, 'confirm');
      if (claim !== undefined) sendPage(response, pages.askToConfirm(claim));
    },
    post: [
      readBytes(MOST_BYTES),
      async (request, response) => {
        const claim = claimOf(deps, request, response, 'confirm');
        if (claim === undefined) return;
        const form = await readForm(request);
        if (form?.get('confirm') !== 'yes') {
          sendPage(response, pages.nothingDone(pages.askToConfirm(claim)));
          return;
        }
        const subscribed = await confirm(deps, claim, request);
        sendPage(response, subscribed ? pages.confirmed(claim) : pages.usedLink);
      },
    ],
  });
  router.use(answerWithPage(deps));
  return router;
}

/** The claim of a good link; answers the request itself where the link is not good. */
function claimOf(
  deps: Deps,
  request: Request,
  response: Response,
  act: LinkClaim['act'],
): LinkClaim | undefined {
  const token: unknown = request.params['token'];
  const claim =
    typeof token === 'string' && token.length <= LONGEST_TOKEN
      ? readLink(token, deps.links.signingKey, deps.clock.now())
      : 'forged';
  if (claim === 'expired') sendPage(response, pages.expiredLink);
  // A link that confirms must not unsubscribe, nor the other way round.
  else if (claim === 'forged' || claim.act !== act) sendPage(response, pages.forgedLink);
  else return claim;
  return undefined;
}

function proofIn(claim: LinkClaim, request: Request): JsonObject {
  return {
    messageId: claim.messageId,
    ip: request.ip ?? null,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
  };
}

/** Mail programs repeat the post; only the first one is news. Of an erased customer there is none. */
async function unsubscribe(deps: Deps, claim: LinkClaim, request: Request): Promise<void> {
  const proof = proofIn(claim, request);
  const { channel, purpose } = claim;
  const customerId = await currentCustomer(deps.db, claim.customerId);
  if (customerId === undefined || !isChannel(channel)) return;
  if (isChannelKind(channel) && (await optedOut(deps, customerId, channel, purpose))) return;
  await audit(deps.db, request, customerId, { actor: THE_CUSTOMER });
  const at = deps.clock.now();
  const change = { channel, purpose, state: 'unsubscribed', source: 'link', proof, at } as const;
  await changeConsents(deps, customerId, [change], at);
}

/**
 * One link confirms once. Otherwise an old mail, opened again after the customer opted out, would
 * subscribe them anew.
 *
 * @returns whether the customer is subscribed now
 */
async function confirm(deps: Deps, claim: LinkClaim, request: Request): Promise<boolean> {
  const proof = proofIn(claim, request);
  const { channel, purpose } = claim;
  const customerId = await currentCustomer(deps.db, claim.customerId);
  if (customerId === undefined || !isChannelKind(channel)) return false;
  const at = deps.clock.now();
  const messageId = `confirm:${claim.messageId}:${channel}:${purpose}`.slice(0, 255);
  const used = await deps.db
    .selectFrom('event_ids')
    .select('message_id')
    .where('message_id', '=', ownMessageId(messageId))
    .executeTakeFirst();
  if (used !== undefined) return !(await optedOut(deps, customerId, channel, purpose));
  const change = {
    channel,
    purpose,
    state: 'subscribed',
    source: 'double-opt-in',
    proof,
    at,
  } as const;
  await audit(deps.db, request, customerId, { actor: THE_CUSTOMER });
  // The consent first: a crash in between makes the button work once more.
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
  return true;
}

async function optedOut(
  { db }: Deps,
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

function answerWithPage({ logger }: Deps): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const { status, headers } = answerOf(error);
    if (status >= 500) logFailure(logger, error, request.method, routeOf(request), status);
    if (response.headersSent) {
      next(error);
      return;
    }
    response.set(headers);
    sendPage(response, pages.brokenPage(status));
  };
}
