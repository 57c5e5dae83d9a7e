/** A piece of HTML that is safe to send as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | undefined | Html | readonly Part[];

/**
 * Builds HTML: whatever is put in is escaped, unless it is HTML already.
 *
 * @example html`<p>Hello ${name}</p>`
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let built = texts[0] ?? '';
  for (const [at, part] of parts.entries()) built += escaped(part) + (texts[at + 1] ?? '');
  return new Html(built);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(part: Part): string {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(escaped).join('');
  return String(part).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}
