import { Router } from 'express';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { html } from '../pages/html';
import { sendPage } from '../pages/layout';

/** Every address of the API in words, with the least role it wants. */
const ADDRESSES: readonly (readonly [string, string, string])[] = [
  [
    'ingest',
    'POST /v1/identify, track, page, screen, group, alias',
    "one call of Segment's HTTP API",
  ],
  ['ingest', 'POST /v1/batch', 'up to 2,500 calls at once'],
  ['ingest', 'POST /v1/journeys/:journey/enrollments', 'let a customer into a journey'],
  ['read', 'GET /v1/customers/:id', 'who a customer is, what they did and agreed to'],
  ['read', 'GET /v1/customers/:id/timeline', 'all that happened, newest first'],
  ['read', 'GET /v1/customers/:id/enrollments', 'journeys, with the next timer of each'],
  ['read', 'GET /v1/customers/:id/decisions', 'what was sent or not, and why'],
  ['read', 'GET /v1/customers/:id/inbox', 'the in-app inbox; POST .../inbox/:item/read or /unread'],
  ['operate', 'PUT /v1/customers/:id/consents', 'what a customer agreed to or took back'],
  ['read', 'GET /v1/segments', 'segments and how many are in them; …/:segment, …/:segment/members'],
  ['operate', 'PUT /v1/customers/:id/preferences', 'what a customer would like; GET it too (read)'],
  ['ingest', 'POST /v1/inbound/messages', 'what somebody wrote: STOP, START, HELP and the rest'],
  ['read', 'GET /v1/customers/:id/export', 'all that is stored of a customer, as a ZIP'],
  ['admin', 'DELETE /v1/customers/:id', 'erase a customer; GET /v1/privacy/requests/:id'],
  ['admin', 'GET /v1/audit', 'who read or changed what; GET /v1/privacy/retention'],
  ['read', 'GET /v1/journeys', 'journeys and how many are in them'],
  ['operate', 'GET /v1/enrollments/:id', 'one enrollment, as it runs'],
  ['operate', 'POST /v1/enrollments/:id/pause, resume, skip-wait, exit', 'steer one enrollment'],
  ['operate', 'POST /v1/journeys/:journey/operations', 'steer many; GET /v1/operations/:id'],
  [
    'read',
    'GET /v1/tasks',
    'work for people; POST /v1/tasks/:id/claim, release, complete (operate)',
  ],
  ['operate', 'GET /v1/quarantine', 'events that do not fit; POST /v1/quarantine/replay'],
  ['operate', 'GET /v1/dead-letters', 'what Temporal refused; POST /v1/dead-letters/retry'],
  ['admin', 'GET, POST /v1/keys', 'API keys; POST /v1/keys/:id/rotate, DELETE /v1/keys/:id'],
];

type Deps = Pick<ApiDeps, 'temporalUiUrl' | 'mailboxDirectory' | 'namespace'>;

/** The page that a person sees who opens the API in a browser. */
export function createHomeRoutes({ temporalUiUrl, mailboxDirectory, namespace }: Deps): Router {
  const router = Router();
  const link =
    temporalUiUrl !== null && /^https?:\/\//i.test(temporalUiUrl)
      ? html`<li>
          <a href="${temporalUiUrl}">Temporal Web UI</a>: the journeys of the namespace ${namespace}
        </li>`
      : '';
  const body = html`<ul class="list">
      ${link}
      ${mailboxDirectory === null ? '' : html`<li><a href="/mailbox">Outbox</a>: the mails sent so far</li>`}
      <li><a href="/readyz">Readiness</a>: whether everything runs</li>
    </ul>
    <h2>The API</h2>
    <p class="soft">
      Send a key as the user name of HTTP basic auth or as a bearer token. The write key has the
      role ingest; the role operate includes read, and the admin key is good for everything.
    </p>
    <ul class="list">
      ${ADDRESSES.map(
        ([key, address, what]) =>
          html`<li><code>${address}</code><br />${what} <span class="soft">(${key})</span></li>`,
      )}
    </ul>`;
  addRoute(router, '/', {
    get: (_request, response) => sendPage(response, { title: 'Throughline', body }),
  });
  return router;
}
