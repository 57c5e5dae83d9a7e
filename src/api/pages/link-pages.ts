import type { PreferenceCentreSettings } from '../../texts/preference-centre';
import { TEXTS, type Language } from '../../texts/languages';
import type { PageWords } from '../../texts/texts';
import type { LinkClaim } from '../../links/signed-link';
import { html, type Html } from './html';
import type { PageContent } from './layout';
import { byChannel, topicInWords } from './words';

/** The language and the settings of the pages behind the links in messages. */
export interface LinkWords {
  readonly settings: PreferenceCentreSettings;
  readonly language: Language;
}

export function askToUnsubscribe(words: LinkWords, claim: LinkClaim, centre: string): PageContent {
  const { unsubscribe } = TEXTS[words.language];
  const { title, text } = unsubscribe.ask(...namesIn(words, claim));
  return {
    title,
    body: html`<div class="card">
        <p>${text}</p>
        <form method="post">
          <button type="submit" name="List-Unsubscribe" value="One-Click">
            ${unsubscribe.button}
          </button>
        </form>
      </div>
      <p class="soft">${unsubscribe.nothingYet}</p>
      ${othersLink(words, centre)}`,
  };
}

export function unsubscribed(words: LinkWords, claim: LinkClaim, centre: string): PageContent {
  const { title, text } = TEXTS[words.language].unsubscribe.done(...namesIn(words, claim));
  return {
    title,
    body: html`<p class="note" role="status">${text}</p>
      ${othersLink(words, centre)}`,
  };
}

function othersLink({ language }: LinkWords, centre: string): Html {
  return html`<p><a href="${centre}">${TEXTS[language].unsubscribe.others}</a></p>`;
}

export function askToConfirm(words: LinkWords, claim: LinkClaim): PageContent {
  const { confirm } = TEXTS[words.language];
  const { title, text } = confirm.ask(...namesIn(words, claim));
  return {
    title,
    body: html`<div class="card">
        <p>${text}</p>
        <form method="post">
          <button type="submit" name="confirm" value="yes">${confirm.button}</button>
        </form>
      </div>
      <p class="soft">${confirm.nothingYet}</p>`,
  };
}

export function confirmed(words: LinkWords, claim: LinkClaim): PageContent {
  const { title, text } = TEXTS[words.language].confirm.done(...namesIn(words, claim));
  return { title, body: html`<p class="note" role="status">${text}</p>` };
}

export function usedLink({ language }: LinkWords): PageContent {
  return problem(410, TEXTS[language].confirm.used);
}

export function lapsedRequest({ language }: LinkWords): PageContent {
  return problem(410, TEXTS[language].confirm.lapsed);
}

export function forgedLink({ language }: LinkWords): PageContent {
  return problem(400, TEXTS[language].broken.forged);
}

/** @param renewal a form that sends a new link, or other advice */
export function expiredLink({ language }: LinkWords, renewal: Html): PageContent {
  return problem(410, TEXTS[language].broken.expired, renewal);
}

export function goneCustomer({ language }: LinkWords): PageContent {
  return problem(410, TEXTS[language].broken.gone);
}

export function brokenPage({ language }: LinkWords, status: number): PageContent {
  const { ours, unreadable } = TEXTS[language].broken;
  return problem(status, status >= 500 ? ours : unreadable);
}

/** For a post that has neither the field of the page's button nor that of RFC 8058. */
export function nothingDone({ language }: LinkWords, asked: PageContent): PageContent {
  return {
    ...asked,
    status: 400,
    body: html`<p class="note wrong" role="alert">${TEXTS[language].broken.nothingDone}</p>
      ${asked.body}`,
  };
}

function problem(status: number, { title, text }: PageWords, more?: Html): PageContent {
  return {
    status,
    title,
    body: html`<p class="note wrong" role="alert">${text}</p>
      ${more}`,
  };
}

function namesIn({ settings, language }: LinkWords, claim: LinkClaim): [topic: string, by: string] {
  return [topicInWords(settings, claim.purpose, language), byChannel(claim.channel, language)];
}
