import { TEXTS, type Language } from '../../texts/languages';
import { html, type Html } from './html';
import type { PageContent } from './layout';

/** A form that requests a new link and never reveals whether an address is known. */
export interface Renewal {
  readonly language: Language;
  /** The address of the form, relative to the page; undefined where no journey sends links. */
  readonly action: string | undefined;
  /** The input that is not an address. */
  readonly wrong?: string | undefined;
}

export function renewForm({ language, action, wrong }: Renewal): Html {
  const { renew } = TEXTS[language];
  if (action === undefined) return html`<p>${renew.instead}</p>`;
  return html`<form class="card" method="post" action="${action}?lang=${language}" novalidate>
    <h2>${renew.title}</h2>
    <p id="renew-text">${renew.text}</p>
    <div class="field">
      <label for="address">${renew.label}</label>
      ${wrong === undefined ? undefined : html`<p id="address-wrong">${renew.wrong}</p>`}
      <input
        type="email"
        id="address"
        name="address"
        autocomplete="email"
        required
        maxlength="255"
        value="${wrong ?? ''}"
        ${
          wrong === undefined
            ? html`aria-describedby="renew-text"`
            : html`aria-invalid="true" aria-describedby="address-wrong"`
        }
      />
    </div>
    <button type="submit">${renew.button}</button>
  </form>`;
}

export function renewPage(renewal: Renewal): PageContent {
  const { renew } = TEXTS[renewal.language];
  return {
    title: renew.title,
    ...(renewal.wrong !== undefined && { status: 400, outcome: renew.wrong }),
    body: html`${
      renewal.wrong === undefined
        ? undefined
        : html`<p class="note wrong" role="alert"><a href="#address">${renew.wrong}</a></p>`
    }
    ${renewForm(renewal)}`,
  };
}

export function renewed(language: Language): PageContent {
  const { title, text } = TEXTS[language].renew.done;
  return { title, body: html`<p class="note" role="status">${text}</p>` };
}

export function tooManyRenewals(language: Language): PageContent {
  const { title, text } = TEXTS[language].renew.tooMany;
  return { status: 429, title, body: html`<p class="note wrong" role="alert">${text}</p>` };
}
