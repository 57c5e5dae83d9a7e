import type { LinkClaim } from '../../links/signed-link';
import { html } from './html';
import type { PageContent } from './layout';

/** What recipients read after a link in a message. */

export function askToUnsubscribe({ purpose, channel }: LinkClaim): PageContent {
  return {
    title: 'Unsubscribe?',
    body: html`<p>
        You will get no more messages about <strong>${inWords(purpose)}</strong> by
        ${byChannel(channel)}.
      </p>
      <form method="post">
        <button type="submit" name="List-Unsubscribe" value="One-Click">Unsubscribe</button>
      </form>
      <p class="soft">
        Nothing has changed yet. Messages about your own orders and appointments still reach you.
      </p>`,
  };
}

export function unsubscribed({ purpose, channel }: LinkClaim): PageContent {
  return {
    title: 'You are unsubscribed',
    body: html`<p role="status">
      You get no more messages about <strong>${inWords(purpose)}</strong> by ${byChannel(channel)}.
      You may close this page.
    </p>`,
  };
}

export function askToConfirm({ purpose, channel }: LinkClaim): PageContent {
  return {
    title: 'Confirm your subscription?',
    body: html`<p>
        You will get messages about <strong>${inWords(purpose)}</strong> by ${byChannel(channel)}.
        You can unsubscribe at any time.
      </p>
      <form method="post">
        <button type="submit" name="confirm" value="yes">Yes, subscribe me</button>
      </form>
      <p class="soft">Nothing has changed yet. If you did not ask for this, close this page.</p>`,
  };
}

export function confirmed({ purpose, channel }: LinkClaim): PageContent {
  return {
    title: 'You are subscribed',
    body: html`<p role="status">
      Thank you. You get messages about <strong>${inWords(purpose)}</strong> by
      ${byChannel(channel)}.
    </p>`,
  };
}

export const forgedLink: PageContent = {
  status: 400,
  title: 'This link does not work',
  body: html`<p role="alert">
    The link is incomplete or was changed on its way, so nothing was done. Open it again from the
    message, in full.
  </p>`,
};

export const expiredLink: PageContent = {
  status: 410,
  title: 'This link has expired',
  body: html`<p role="alert">
    The link is too old, so nothing was done. Use the link in a newer message, or reply to one.
  </p>`,
};

export const usedLink: PageContent = {
  status: 410,
  title: 'This link has been used',
  body: html`<p role="alert">
    The link has confirmed a subscription once and does not do so again, so nothing was done. If you
    want the messages, ask for them anew where you signed up.
  </p>`,
};

/** A post that carries neither the button of the page nor what RFC 8058 wants. */
export function nothingDone(asked: PageContent): PageContent {
  return {
    ...asked,
    status: 400,
    body: html`<p role="alert">
        Nothing was changed: the request did not say what it wants. Use the button.
      </p>
      ${asked.body}`,
  };
}

export function brokenPage(status: number): PageContent {
  return {
    status,
    title: 'This did not work',
    body: html`<p role="alert">
      ${
        status >= 500
          ? 'Nothing was changed, and it is our fault. Try again in a minute.'
          : 'The request could not be read, so nothing was changed. Open the link in the message again.'
      }
    </p>`,
  };
}

function inWords(topic: string): string {
  return topic === '*' ? 'anything but your own orders' : topic.replaceAll(/[-_]/g, ' ');
}

function byChannel(channel: string): string {
  const names: Readonly<Record<string, string>> = {
    email: 'e-mail',
    sms: 'text message',
    push: 'push notification',
    inapp: 'in-app message',
    whatsapp: 'WhatsApp',
    call: 'phone',
    '*': 'any channel',
  };
  return names[channel] ?? channel;
}
