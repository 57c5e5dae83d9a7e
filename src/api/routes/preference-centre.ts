import { Router, type Request, type Response } from 'express';
import { startErasure } from '../../activities/system';
import { addressOf } from '../../domain/channels/address-of';
import { chooserOf, type Chooser } from '../../db/read-models/customers/preferences';
import { whyMessage } from '../../db/read-models/customers/why-message';
import {
  channelDefinition,
  channelDefinitions,
  isChannelKind,
  type ChannelKind,
} from '../../domain/channels/channel-kind';
import { choicesOf } from '../../domain/consent/choices';
import { resolveZone } from '../../domain/schedule/zone';
import { TEXTS } from '../../texts/languages';
import { requestErasure } from '../../privacy/request-erasure';
import { readLink, signLink, type LinkClaim } from '../../links/signed-link';
import { addRoute } from '../http/add-route';
import { audit, THE_CUSTOMER } from '../auth/audit';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import { sendExport } from '../customers/send-export';
import { endPause, leaveEverything, pauseFor30Days, saveChoices } from '../centre/act';
import { answerWithPage } from '../centre/answer-with-page';
import type { Centre } from '../centre/centre';
import { claimOf, proofIn, sendCentrePage } from '../centre/link-claim';
import { pageLanguage } from '../centre/page-language';
import { readChoices } from '../centre/read-choices';
import { readFields } from '../http/read-form';
import { centrePage, eraseQuestion, type CentreView } from '../pages/centre-page';
import { goneCustomer } from '../pages/link-pages';
import { whyPage } from '../pages/why-page';
import { dateInWords, maskedAddress } from '../pages/words';
import { currentCustomer } from '../../db/current-customer';
import { addRenewRoute } from './renew-link';

type Deps = Pick<
  ApiDeps,
  'db' | 'ingest' | 'index' | 'links' | 'clock' | 'logger' | 'topics' | 'client' | 'taskQueue'
> & {
  readonly centre: Centre;
};

const MAX_BYTES = 32 * 1024;

/** How long a page may stay open before its buttons do nothing any more. */
const FORM_LIFETIME_MS = 12 * 3_600_000;

/**
 * The preference centre: a page without log-in behind the signed link in each message. To look
 * changes nothing; a post does, with a token that stood in the page.
 *
 * There is no cookie, so nothing of another site's making can act for a customer: who posts must
 * hold the link. The token in the form besides keeps away what posts to links without reading them.
 */
export function createPreferenceCentreRoutes(deps: Deps): Router {
  const router = Router();
  addRenewRoute(router, deps);
  addRoute(router, '/preferences/:token', {
    get: async (request, response) => {
      const opened = await open(deps, request, response);
      if (opened === undefined) return;
      sendCentrePage(deps, response, opened.view.language, centrePage(opened.view));
    },
    post: [
      readBytes(MAX_BYTES),
      async (request, response) => {
        const opened = await open(deps, request, response);
        if (opened !== undefined) await post(deps, request, response, opened);
      },
    ],
  });
  addRoute(router, '/preferences/:token/why', {
    get: async (request, response) => {
      const opened = await open(deps, request, response, '../..');
      if (opened === undefined) return;
      const { claim, chooser, view } = opened;
      const page = whyPage({
        ...view,
        message: await whyMessage(deps.db, chooser.id, claim.messageId),
        centre: `../${String(request.params['token'])}?lang=${view.language}`,
      });
      sendCentrePage(deps, response, view.language, page);
    },
  });
  router.use(answerWithPage(deps));
  return router;
}

interface Opened {
  readonly claim: LinkClaim;
  readonly chooser: Chooser;
  readonly view: CentreView;
}

/** What a good link opens; answers the request itself where it opens nothing. */
async function open(
  deps: Deps,
  request: Request,
  response: Response,
  root?: string,
): Promise<Opened | undefined> {
  const claim = claimOf(deps, request, response, 'preferences', root);
  if (claim === undefined) return undefined;
  const id = await currentCustomer(deps.db, claim.customerId);
  const chooser = id === undefined ? undefined : await chooserOf(deps.db, id);
  if (chooser === undefined) {
    const language = pageLanguage(request, deps.centre);
    const page = goneCustomer({ settings: deps.centre.settings, language });
    sendCentrePage(deps, response, language, page);
    return undefined;
  }
  return { claim, chooser, view: viewOf(deps, request, claim, chooser) };
}

function viewOf(deps: Deps, request: Request, claim: LinkClaim, chooser: Chooser): CentreView {
  const { centre, links, clock, topics } = deps;
  const { preferences, consents } = chooser;
  const language = pageLanguage(request, { ...centre, locale: chooser.locale });
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
    why: `${String(request.params['token'])}/why?lang=${language}`,
  };
}

/** Whether a person recognises an address of the channel. */
function isReadable(channel: string): boolean {
  const address = channelDefinition(channel)?.address;
  return address !== undefined && 'trait' in address && address.readable;
}

/** The channels that are set up or agreed to, on which the customer can be reached at all. */
function offeredChannels(centre: Centre, chooser: Chooser): CentreView['channels'] {
  const agreed = new Set(chooser.consents.map(({ channel }) => channel));
  return channelDefinitions()
    .filter(({ offeredInCentre = true }) => offeredInCentre)
    .map(({ kind }) => kind as ChannelKind)
    .filter((channel) => centre.channels.includes(channel) || agreed.has(channel))
    .filter((channel) => addressOf(channel, chooser, null) !== null);
}

async function post(
  deps: Deps,
  request: Request,
  response: Response,
  { claim, chooser, view }: Opened,
): Promise<void> {
  const { language } = view;
  const fields = (await readFields(request)) ?? [];
  const field = (name: string) => fields.find(([each]) => each === name)?.[1] ?? '';
  const show = (page: ReturnType<typeof centrePage>) =>
    sendCentrePage(deps, response, language, page);
  if (!isFormOf(deps, claim, field('form'))) {
    show(centrePage({ ...view, problems: ['stale'] }));
    return;
  }
  await audit(deps.db, request, chooser.id, { actor: THE_CUSTOMER });
  const texts = TEXTS[language].centre;
  const acting = { customerId: chooser.id, language, proof: proofIn(claim, request) };
  const asked = { source: 'preference-centre', now: deps.clock.now() };
  /** The page as it is after the post, which says what came of it. */
  const done = async (said: string) => {
    const after = (await chooserOf(deps.db, chooser.id)) ?? chooser;
    show(centrePage({ ...viewOf(deps, request, claim, after), said }));
  };
  switch (field('action')) {
    case 'save': {
      const form = readChoices(fields, view);
      if (form.problems.length > 0) {
        const { chosen, was, problems } = form;
        const preferences = { ...view.preferences, ...form.preferences };
        show(centrePage({ ...view, chosen, was, preferences, problems }));
        return;
      }
      await saveChoices(deps, acting, form);
      return done(texts.saved);
    }
    case 'pause': {
      const { pausedUntil } = await pauseFor30Days(deps, acting);
      return done(texts.paused(dateInWords(new Date(pausedUntil ?? 0), language, view.zone)));
    }
    case 'resume':
      await endPause(deps, acting);
      return done(texts.resumed);
    case 'leave':
      await leaveEverything(deps, acting);
      return done(texts.allDone);
    case 'export':
      await sendExport(deps, { customerId: chooser.id, source: asked.source }, request, response);
      return;
    case 'erase':
      show(eraseQuestion(view, `${String(request.params['token'])}?lang=${language}`));
      return;
    case 'erase-yes':
      startErasureSoon(deps, await requestErasure(deps, chooser.id, asked));
      return done(texts.eraseDone);
    default:
      show(centrePage({ ...view, problems: ['choice'] }));
  }
}

/** Whether a form stood on a page of this customer, not too long ago. */
function isFormOf({ links, clock }: Deps, claim: LinkClaim, token: string): boolean {
  const form = token.length <= 2_000 ? readLink(token, links.signingKey, clock.now()) : 'forged';
  return typeof form === 'object' && form.act === 'form' && form.customerId === claim.customerId;
}

/** The customer does not wait for Temporal; a system job starts what could not be started now. */
function startErasureSoon({ client, taskQueue, logger }: Deps, requestId: string): void {
  client()
    .then((connected) => startErasure(connected, taskQueue, requestId))
    .catch((error: unknown) => logger.warn({ error }, 'an erasure could not be started yet'));
}
