/** HTML that is already escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | undefined | Html | readonly Part[];

/**
 * Builds HTML. Values are escaped, unless they are `Html`.
 *
 * @example html`<p>Hello ${name}</p>`
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let built = texts[0] ?? '';
  for (const [index, part] of parts.entries()) built += escaped(part) + (texts[index + 1] ?? '');
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
