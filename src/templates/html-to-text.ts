const LIQUID_TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/** Marks a Liquid tag while the markup around it is taken away; private use, in no real text. */
const MARK = '\uE000';

/**
 * Makes a plain text from an HTML template, once: its Liquid tags stay, so the text is filled from
 * the same context without HTML's escaping. Links become `label: address`.
 */
export function htmlToText(html: string): string {
  const tags: string[] = [];
  const text = html
    .replaceAll(MARK, '')
    .replace(LIQUID_TAG, (tag) => `${MARK}${tags.push(tag) - 1}${MARK}`)
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(head|style|script|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    // The preview line of the inbox list, which repeats the mail's beginning.
    .replace(/<div[^>]*display:\s*none[^>]*>[\s\S]*?<\/div>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(
      /<a\b[^>]*?\bhref="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi,
      (_, href: string, label: string) =>
        linkText(href.trim(), label.replace(/<[^>]*>/g, '').trim()),
    )
    .replace(/<img\b[^>]*?\balt="([^"]+)"[^>]*>/gi, '$1')
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/t[dh]>/gi, ' ')
    .replace(/<\/tr>/gi, '\n')
    .replace(/<\/?(p|h[1-6]|div|table|ul|ol|blockquote|hr)\b[^>]*>/gi, '\n\n')
    .replace(/<[^>]*>/g, '');
  return tidyText(
    decodeEntities(text).replace(
      new RegExp(`${MARK}(\\d+)${MARK}`, 'g'),
      (_, index: string) => tags[Number(index)] ?? '',
    ),
  );
}

/** No space at the ends of lines, at most one empty line between two. */
export function tidyText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/[ \t\u00A0]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function linkText(href: string, label: string): string {
  if (href === '' || href.startsWith('#')) return label;
  return label === '' || label === href ? href : `${label}: ${href}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  euro: '€',
  copy: '©',
  middot: '·',
  rarr: '→',
  times: '×',
  bull: '•',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
};

function decodeEntities(text: string): string {
  return text.replace(/&(#x?[\da-f]{1,6}|[a-z]+);/gi, (entity, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? entity;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}
