import { z } from 'zod';
import { chooserOf } from '../../db/read-models/customers/preferences';
import { startErasure } from '../../activities/system';
import { whyMessage } from '../../db/read-models/customers/why-message';
import { TEXTS } from '../../texts/languages';
import { requestErasure } from '../../privacy/request-erasure';
import { audit, THE_CUSTOMER } from '../auth/audit';
import { file } from '../contract/answers';
import { formBody } from '../contract/bodies';
import { CUSTOMER_PAGE, LINK_PAGES, TOKEN } from '../contract/page-route';
import { route, SENT, type RouteRequest } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import type { Fields } from '../http/read-form';
import { sendExport } from '../customers/send-export';
import { endPause, leaveEverything, pauseFor30Days, saveChoices } from '../centre/act';
import { proofIn, sendCentrePage } from '../centre/link-claim';
import { isFormOf, openCentre, viewOf, type Opened } from '../centre/open-centre';
import { readChoices } from '../centre/read-choices';
import { centrePage, eraseQuestion } from '../pages/centre-page';
import { whyPage } from '../pages/why-page';
import { dateInWords } from '../pages/words';

const MAX_BYTES = 32 * 1024;

const formFields = z.looseObject({
  form: z.string().meta({ description: 'The token that the page contained.' }),
  action: z.enum(['save', 'pause', 'resume', 'leave', 'export', 'erase', 'erase-yes']),
  topic: z.array(z.string()).optional(),
  'was-topic': z.array(z.string()).optional(),
  channel: z.array(z.string()).optional(),
  'was-channel': z.array(z.string()).optional(),
  most: z.string().optional(),
  digest: z.enum(['', 'off', 'daily', 'weekly']).optional(),
  best: z.string().optional(),
  'quiet-from': z.string().optional(),
  'quiet-to': z.string().optional(),
});

/*
 * The preference centre: a page without log-in behind the signed link in each message. Opening it
 * changes nothing; a post does, with a token that the page contained.
 *
 * There is no cookie, so no other site can act for a customer: whoever posts must have the link. The
 * token in the form also stops programs that post to links without reading the page.
 */

export const showPreferences = route({
  ...CUSTOMER_PAGE,
  method: 'GET',
  path: '/preferences/:token',
  id: 'showPreferences',
  summary: 'The preference centre; reading it changes nothing',
  params: { token: TOKEN },
  answers: LINK_PAGES,
  audit: 'none',
  handle: async (deps, request) => {
    const opened = await openCentre(deps, request);
    if (opened !== undefined) {
      sendCentrePage(deps, request.response, opened.view.language, centrePage(opened.view));
    }
    return SENT;
  },
});

export const savePreferences = route({
  ...CUSTOMER_PAGE,
  method: 'POST',
  path: '/preferences/:token',
  id: 'savePreferences',
  summary: 'A button of the preference centre',
  params: { token: TOKEN },
  body: formBody(formFields, { maxBytes: MAX_BYTES }),
  answers: { ...LINK_PAGES, 200: file('The page, or the export.', 'text/html', 'application/zip') },
  audit: 'handler',
  handle: async (deps, request) => {
    const opened = await openCentre(deps, request);
    if (opened !== undefined) await post(deps, request, opened);
    return SENT;
  },
});

export const showWhy = route({
  ...CUSTOMER_PAGE,
  method: 'GET',
  path: '/preferences/:token/why',
  id: 'showWhy',
  summary: 'A page that says why a message was sent',
  params: { token: TOKEN },
  answers: LINK_PAGES,
  audit: 'none',
  handle: async (deps, request) => {
    const opened = await openCentre(deps, request, '../..');
    if (opened === undefined) return SENT;
    const { claim, chooser, view } = opened;
    const page = whyPage({
      ...view,
      message: await whyMessage(deps.db, chooser.id, claim.messageId),
      centre: `../${request.params.token}?lang=${view.language}`,
    });
    sendCentrePage(deps, request.response, view.language, page);
    return SENT;
  },
});

type CentreRequest = RouteRequest<{ readonly token: string }, unknown, Fields | undefined>;
async function post(
  deps: RouteDeps,
  request: CentreRequest,
  { claim, chooser, view }: Opened,
): Promise<void> {
  const { raw, response } = request;
  const { language } = view;
  const fields = request.body ?? [];
  const field = (name: string) => fields.find(([each]) => each === name)?.[1] ?? '';
  const show = (page: ReturnType<typeof centrePage>) =>
    sendCentrePage(deps, response, language, page);
  if (!isFormOf(deps, claim, field('form'))) {
    show(centrePage({ ...view, problems: ['stale'] }));
    return;
  }
  await audit(deps.db, raw, chooser.id, { actor: THE_CUSTOMER });
  const texts = TEXTS[language].centre;
  const acting = { customerId: chooser.id, language, proof: proofIn(claim, raw) };
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
      await sendExport(deps, { customerId: chooser.id, source: asked.source }, raw, response);
      return;
    case 'erase':
      show(eraseQuestion(view, `${request.params.token}?lang=${language}`));
      return;
    case 'erase-yes':
      startErasureSoon(deps, await requestErasure(deps, chooser.id, asked));
      return done(texts.eraseDone);
    default:
      show(centrePage({ ...view, problems: ['choice'] }));
  }
}

/** The customer does not wait for Temporal; a system job starts what could not be started now. */
function startErasureSoon({ client, taskQueue, logger }: RouteDeps, requestId: string): void {
  client()
    .then((connected) => startErasure(connected, taskQueue, requestId))
    .catch((error: unknown) => logger.warn({ error }, 'an erasure could not be started yet'));
}
