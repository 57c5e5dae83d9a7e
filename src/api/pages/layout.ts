import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { Html, html } from './html';

/** Phone first, readable in light and dark; every pair of colours has a contrast above 4.5 : 1. */
const STYLE = `
:root{color-scheme:light dark;--ink:#1c1c1e;--soft:#55555c;--paper:#fff;--line:#c9c9d1;--act:#0a4fb3;--on-act:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#f2f2f5;--soft:#b9b9c2;--paper:#16161a;--line:#4b4b55;--act:#9cc4ff;--on-act:#10182a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
a{color:var(--act)}
button{font:inherit;font-weight:600;width:100%;min-height:3rem;padding:.75rem 1.25rem;border:0;border-radius:.5rem;background:var(--act);color:var(--on-act);cursor:pointer}
a:focus-visible,button:focus-visible{outline:3px solid var(--act);outline-offset:3px}
.soft{color:var(--soft);font-size:.9375rem}
.list{list-style:none;margin:0;padding:0}
.list li{border-top:1px solid var(--line);padding:.75rem 0;overflow-wrap:anywhere}
.list a{font-weight:600}
code{font-size:.9em;overflow-wrap:anywhere}
iframe{display:block;width:100%;height:75vh;border:1px solid var(--line);border-radius:.5rem;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:.5rem;padding:.75rem}
@media (min-width:40rem){button{width:auto}main{padding-top:3rem}}
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The policy's hash is of all that stands between the tags, blanks included. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** Nothing but our own style and forms; a page may widen it. */
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** Replaces the content security policy where the page needs more. */
  readonly policy?: string;
}

export function sendPage(response: Response, page: PageContent): void {
  response
    .status(page.status ?? 200)
    .set({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': page.policy ?? CONTENT_POLICY,
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex',
    })
    .send(layout(page).text);
}

function layout({ title, body }: PageContent): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
}
