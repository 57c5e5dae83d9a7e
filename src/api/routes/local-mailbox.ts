import { Router, type RequestHandler } from 'express';
import { readMailbox, readMail, type StoredMail } from '../../channels/local-mailbox/read-mailbox';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { setCaller } from '../auth/caller';
import { assertKey, keyIn } from '../auth/check-key';
import { isOnThisMachine } from '../http/is-on-this-machine';
import { html, Html } from '../pages/html';
import { sendPage } from '../pages/layout';

const MAX_MAILS = 200;

/**
 * A mail's own styles and pictures are shown, its scripts never run: the frame is sandboxed, and
 * inherits this policy. Its links open outside the frame.
 */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https: http:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The mails that were written to disk for want of a mail server. They are personal. */
export function createLocalMailboxRoutes(deps: Pick<ApiDeps, 'mailboxDirectory' | 'keys'>): Router {
  const router = Router();
  const directory = deps.mailboxDirectory;
  if (directory === null) return router;
  const mayLook = onThisMachineOrAdmin(deps);
  addRoute(router, '/mailbox', {
    get: [
      mayLook,
      async (_request, response) => {
        const mails = await readMailbox(directory, { limit: MAX_MAILS });
        sendPage(response, { title: 'Outbox', body: list(mails) });
      },
    ],
  });
  addRoute(router, '/mailbox/:id', {
    get: [
      mayLook,
      async (request, response) => {
        const id: unknown = request.params['id'];
        const mail = typeof id === 'string' ? await readMail(directory, id) : undefined;
        if (mail === undefined) {
          const body = html`<p>There is no such mail. <a href="/mailbox">All mails</a></p>`;
          sendPage(response, { status: 404, title: 'No mail', body });
          return;
        }
        sendPage(response, { title: mail.subject, body: show(mail), policy: MAIL_POLICY });
      },
    ],
  });
  return router;
}

function list(mails: readonly StoredMail[]): Html {
  if (mails.length === 0) return html`<p>No mail has been sent yet.</p>`;
  return html`<p class="soft">The ${mails.length} latest mails, the newest first.</p>
    <ul class="list">
      ${mails.map(
        (mail) =>
          html`<li>
            <a href="/mailbox/${encodeURIComponent(mail.id)}">${mail.subject || '(no subject)'}</a
            ><br />
            <span class="soft">to ${mail.to}, ${time(mail.at)}</span>
          </li>`,
      )}
    </ul>`;
}

function show(mail: StoredMail): Html {
  const frame =
    mail.html === ''
      ? ''
      : html`<iframe
          title="The mail as its reader sees it"
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcdoc="${`<base target="_blank">${mail.html}`}"
        ></iframe>`;
  return html`<p class="soft">to ${mail.to}, ${time(mail.at)}</p>
    ${frame}
    ${
      mail.text === ''
        ? ''
        : html`<h2>As text</h2>
            <pre>${mail.text}</pre>`
    }
    <p><a href="/mailbox">All mails</a></p>`;
}

function time(at: Date): Html {
  const text = at.toISOString().slice(0, 16).replace('T', ' ');
  return html`<time datetime="${at.toISOString()}">${text} UTC</time>`;
}

function onThisMachineOrAdmin({ keys }: Pick<ApiDeps, 'keys'>): RequestHandler {
  return async (request, _response, next) => {
    if (!isOnThisMachine(request)) {
      setCaller(request, await assertKey(keys, keyIn(request), ['admin']));
    }
    next();
  };
}
