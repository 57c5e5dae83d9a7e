import { page } from '../contract/answers';
import { ROUTE_GROUPS, route, SENT, type Route } from '../contract/route';
import { rolesInWords } from '../contract/roles-in-words';
import { html } from '../pages/html';
import { sendPage } from '../pages/layout';

/**
 * The page that a person sees who opens the API in a browser.
 *
 * @param listed the routes that it lists
 */
export function homeRoute(listed: () => readonly Route[]): Route {
  return route({
    method: 'GET',
    path: '/',
    id: 'getHome',
    group: 'System',
    summary: 'This list',
    roles: 'everybody',
    answers: { 200: page('The list of routes.') },
    audit: 'none',
    handle: (deps, { response }) => {
      const { temporalUiUrl, mailboxDirectory, namespace } = deps;
      const available = listed().filter((each) => each.available?.(deps) ?? true);
      const webUi =
        temporalUiUrl !== null && /^https?:\/\//i.test(temporalUiUrl)
          ? html`<li>
              <a href="${temporalUiUrl}">Temporal Web UI</a>: the journeys, in the namespace
              ${namespace}
            </li>`
          : '';
      const mailbox =
        mailboxDirectory === null
          ? ''
          : html`<li><a href="/mailbox">Mailbox</a>: the mails sent so far</li>`;
      const body = html`<ul class="list">
          ${webUi} ${mailbox}
          <li><a href="/reference">Reference</a>: every route, with its parameters and answers</li>
          <li><a href="/openapi.json">openapi.json</a>: the same for programs (OpenAPI 3.1)</li>
          <li><a href="/readyz">Readiness</a>: whether everything runs</li>
        </ul>
        <h2>The API</h2>
        <p class="soft">
          Send a key as the user name of HTTP basic auth or as a bearer token. The write key has the
          role ingest; the role operate includes read, and the admin key has every role.
        </p>
        ${ROUTE_GROUPS.map((group) => section(group, available))}`;
      sendPage(response, { title: 'Throughline', body });
      return SENT;
    },
  });
}

function section(group: Route['group'], routes: readonly Route[]) {
  const own = routes.filter((each) => each.group === group);
  if (own.length === 0) return '';
  return html`<h2>${group}</h2>
    <ul class="list">
      ${own.map(
        ({ id, method, path, summary, roles }) =>
          html`<li>
            <a href="/reference#${id}"><code>${method} ${path}</code></a
            ><br />${summary} <span class="soft">(${rolesInWords(roles)})</span>
          </li>`,
      )}
    </ul>`;
}
