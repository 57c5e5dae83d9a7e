import type { RequestHandler } from 'express';
import { readMailbox, readMail, type StoredMail } from '../../channels/local-mailbox/read-mailbox';
import { setCaller } from '../auth/caller';
import { assertKey, keyIn } from '../auth/check-key';
import { page } from '../contract/answers';
import { pathText } from '../contract/inputs';
import { route, SENT } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { isOnThisMachine } from '../http/is-on-this-machine';
import { html, Html } from '../pages/html';
import { sendPage } from '../pages/layout';

const MAX_MAILS = 200;

/**
 * A mail's own styles and pictures are shown; its scripts never run, since the frame is sandboxed and
 * inherits this policy. Its links open outside the frame.
 */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https: http:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** The mails are personal: without a key, only a browser on this machine sees them. */
const MAILBOX = {
  method: 'GET',
  group: 'System',
  roles: ['admin'],
  keyless: 'A browser on the same machine needs no key.',
  audit: 'none',
  available: ({ mailboxDirectory }: RouteDeps) => mailboxDirectory !== null,
  authorise: ({ keys }: RouteDeps): RequestHandler => {
    return async (request, _response, next) => {
      if (!isOnThisMachine(request)) {
        setCaller(request, await assertKey(keys, keyIn(request), ['admin']));
      }
      next();
    };
  },
} as const;

export const listMails = route({
  ...MAILBOX,
  path: '/mailbox',
  id: 'listMails',
  summary: 'The mails that were written to disk, since there is no mail server',
  answers: { 200: page('The mails.') },
  handle: async ({ mailboxDirectory }, { response }) => {
    const mails = await readMailbox(mailboxDirectory ?? '', { limit: MAX_MAILS });
    sendPage(response, { title: 'Mailbox', body: list(mails) });
    return SENT;
  },
});

export const showMail = route({
  ...MAILBOX,
  path: '/mailbox/:id',
  id: 'showMail',
  summary: 'One mail, as its reader sees it',
  params: { id: pathText('The id of the mail.') },
  answers: { 200: page('The mail.'), 404: page('There is no such mail.') },
  handle: async ({ mailboxDirectory }, { params, response }) => {
    const mail = await readMail(mailboxDirectory ?? '', params.id);
    if (mail === undefined) {
      const body = html`<p>There is no such mail. <a href="/mailbox">All mails</a></p>`;
      sendPage(response, { status: 404, title: 'No mail', body });
      return SENT;
    }
    sendPage(response, { title: mail.subject, body: show(mail), policy: MAIL_POLICY });
    return SENT;
  },
});

function list(mails: readonly StoredMail[]): Html {
  if (mails.length === 0) return html`<p>No mail has been sent yet.</p>`;
  return html`<p class="soft">The latest ${mails.length} mails, newest first.</p>
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
