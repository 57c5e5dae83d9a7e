import type { Response } from 'express';
import { LANGUAGES, TEXTS, type Language } from '../../texts/languages';
import { html, type Html } from './html';
import { createLook, type Look } from './look';

/** The look of the operators' pages, and of apps without a theme. */
const PLAIN: Look = createLook();

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** Replaces the content security policy where the page needs more. */
  readonly policy?: string;
  /** The outcome of a request, for the title, which screen readers read first. */
  readonly outcome?: string | undefined;
}

/** The frame of a page that a customer sees: its language and its brand. */
export interface PageFrame {
  readonly look: Look;
  readonly language: Language;
  /** Whether the same address serves the page in the other languages. */
  readonly choice: boolean;
}

export function sendPage(response: Response, page: PageContent, frame?: PageFrame): void {
  const look = frame?.look ?? PLAIN;
  response
    .status(page.status ?? 200)
    .set({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': page.policy ?? look.contentPolicy,
      'Content-Language': frame?.language ?? 'en',
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
    })
    .send(layout(page, look, frame).text);
}

function layout({ title, body, outcome }: PageContent, look: Look, frame?: PageFrame): Html {
  const whole = [outcome, title, look.brand].filter((each) => each !== undefined).join(' – ');
  return html`<!doctype html>
    <html lang="${frame?.language ?? 'en'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${whole}</title>
        ${look.style}
      </head>
      <body>
        ${frame === undefined ? undefined : header(look, frame)}
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
}

function header(look: Look, frame: PageFrame): Html | undefined {
  if (look.brand === undefined && !frame.choice) return undefined;
  return html`<header>${brandOf(look)} ${frame.choice ? languagesOf(frame) : undefined}</header>`;
}

function brandOf({ brand, home }: Look): Html | undefined {
  if (brand === undefined) return undefined;
  return home === undefined
    ? html`<span class="brand">${brand}</span>`
    : html`<a class="brand" href="${home}">${brand}</a>`;
}

/** Links to the other languages; following one changes no setting. */
function languagesOf({ language }: PageFrame): Html {
  return html`<nav aria-label="${TEXTS[language].centre.languages}">
    <ul>
      ${LANGUAGES.map(
        (each) =>
          html`<li>
            <a
              href="?lang=${each}"
              lang="${each}"
              hreflang="${each}"
              ${each === language ? html`aria-current="true"` : undefined}
              >${TEXTS[each].self}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}
