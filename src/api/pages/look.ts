import { createHash } from 'node:crypto';
import type { PreferenceCentreSettings, Theme } from '../../texts/preference-centre';
import { Html } from './html';

/** The look of pages: their style, the content security policy that allows only this style, and the brand. */
export interface Look {
  readonly style: Html;
  readonly contentPolicy: string;
  readonly brand?: string | undefined;
  readonly home?: string | undefined;
}

/** Light and dark colours; every pair of text and background has a contrast above 4.5 : 1. */
const LIGHT: Required<Theme> = {
  ink: '#1c1c1e',
  soft: '#55555c',
  paper: '#f6f6f8',
  card: '#ffffff',
  line: '#76767f',
  act: '#0a4fb3',
  'on-act': '#ffffff',
  corner: '.5rem',
  font: 'system-ui,sans-serif',
};

const DARK: Theme = {
  ink: '#f2f2f5',
  soft: '#b9b9c2',
  paper: '#101013',
  card: '#1a1a1f',
  line: '#8b8b96',
  act: '#9cc4ff',
  'on-act': '#10182a',
};

/** Phone first. Nothing here depends on scripts, images or fonts from elsewhere. */
const RULES = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 var(--font)}
header,main{max-width:42rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.25rem;display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;justify-content:space-between}
header .brand{font-weight:700;color:inherit;text-decoration:none}
header ul{list-style:none;display:flex;gap:.25rem;margin:0 -.5rem;padding:0}
header nav a{display:inline-block;padding:.5rem;min-height:2.75rem;line-height:1.75rem}
header nav a[aria-current]{color:var(--ink);font-weight:700;text-decoration:none}
main{padding-bottom:3rem}
h1{font-size:1.625rem;line-height:1.25;margin:1rem 0}
h2,legend{font-size:1.15rem;font-weight:700;line-height:1.3;margin:0;padding:0}
h2{margin:0 0 .5rem}
p{margin:0 0 .75rem}
a{color:var(--act)}
form{margin:0}
fieldset,.card{border:0;margin:0 0 1rem;padding:1rem;min-width:0;background:var(--card);border-radius:var(--corner)}
legend{float:left;width:100%;margin-bottom:.5rem}
legend+*{clear:both}
label{display:block}
.tick{display:flex;gap:.75rem;align-items:flex-start;min-height:2.75rem;padding:.5rem 0}
.tick input{flex:none;width:1.375rem;height:1.375rem;margin:.125rem 0 0;accent-color:var(--act)}
.tick span span{display:block}
.field{margin-bottom:.75rem}
.field label{font-weight:600;margin-bottom:.25rem}
.pair{display:flex;flex-wrap:wrap;gap:0 1rem}
.pair .field{flex:1 1 8rem}
select,input[type=time],input[type=email]{font:inherit;color:var(--ink);background:var(--card);width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--line);border-radius:var(--corner)}
input[aria-invalid=true]{border:3px solid var(--ink)}
button{font:inherit;font-weight:600;width:100%;min-height:3rem;padding:.75rem 1.25rem;border:2px solid var(--act);border-radius:var(--corner);background:var(--act);color:var(--on-act);cursor:pointer}
button.quiet{background:transparent;color:var(--act)}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}
.buttons form{flex:1 1 14rem}
.saving{margin-bottom:1rem}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--act);outline-offset:3px}
.soft{color:var(--soft);font-size:.9375rem}
.note{padding:.75rem 1rem;margin:0 0 1rem;background:var(--card);border-left:.375rem solid var(--act);border-radius:var(--corner)}
.note.wrong{border-left-color:var(--ink)}
.note p:last-child,.note ul:last-child,.card p:last-child{margin-bottom:0}
.note ul{margin:0;padding-left:1.25rem}
.list{list-style:none;margin:0;padding:0}
.list li{border-top:1px solid var(--line);padding:.75rem 0;overflow-wrap:anywhere}
.list a{font-weight:600}
code{font-size:.9em;overflow-wrap:anywhere}
iframe{display:block;width:100%;height:75vh;border:1px solid var(--line);border-radius:var(--corner);background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:var(--corner);padding:.75rem}
@media (min-width:40rem){button{width:auto}.buttons form{flex:none}main{padding-top:.5rem}fieldset,.card{padding:1.25rem 1.5rem}}
`;

const NAMES = Object.keys(LIGHT) as readonly (keyof Theme)[];

/** A colour, a length or a list of fonts, without characters that could end the rule or the element. */
const VALUE = /^[#\w\s.,%()"'/+-]{1,200}$/;

/**
 * Builds the look of the pages. The policy allows this one style by its hash, so a brand's colours
 * do not weaken it.
 *
 * @throws {Error} a theme with an unknown name or an unsafe value
 */
export function createLook(settings: PreferenceCentreSettings = {}, moreRules = ''): Look {
  const light = variables({ ...LIGHT, ...settings.theme?.light });
  const dark = variables({ ...DARK, ...settings.theme?.dark });
  const style = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}${RULES}${moreRules}`;
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    // The hash covers everything between the tags, white space included.
    style: new Html(`<style>${style}</style>`),
    contentPolicy: `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    brand: settings.brand,
    home: settings.home,
  };
}

function variables(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, value]) => {
      if (!NAMES.includes(name as keyof Theme) || !VALUE.test(String(value))) {
        throw new Error(
          `Found --${name}: ${JSON.stringify(value)} in the theme of the preference centre; expected one of ${NAMES.join(', ')} with a colour, a length or fonts. Correct preferenceCentre.theme of the app.`,
        );
      }
      return `--${name}:${String(value)}`;
    })
    .join(';');
}
