import { compile, type FormatCallback, type SelectorDefinition } from 'html-to-text';

const LIQUID_TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/** Replaces a Liquid tag while the HTML is parsed; a private-use character, in no real text. */
const MARK = '\uE000';

/** Before the colon behind a link's label, which may end in a space. */
const LABEL_END = '\uE001';

/** `label: address`, or the address alone where the label says nothing else. */
const formatLink: FormatCallback = (element, walk, builder) => {
  const href = (element.attribs?.['href'] ?? '').trim();
  if (href === '' || href.startsWith('#')) {
    walk(element.children, builder);
    return;
  }
  let label = '';
  builder.pushWordTransform((word) => {
    label += word;
    return word;
  });
  walk(element.children, builder);
  builder.popWordTransform();
  if (label !== href) builder.addInline(label === '' ? href : `${LABEL_END}: ${href}`);
};

const formatImage: FormatCallback = (element, _walk, builder) => {
  builder.addInline(element.attribs?.['alt'] ?? '');
};

/** Every item has the same prefix: a loop around one would give each the same number. */
const formatItem: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addInline('- ');
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 0 });
};

const formatRow: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addLineBreak();
};

const formatCell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(' ');
};

/**
 * Rows and items break the line on one side only, since the Liquid tags of a loop stand between them:
 * with breaks on both sides the rendered rows would have empty lines between them.
 */
const SELECTORS: SelectorDefinition[] = [
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'table', 'blockquote', 'hr'].map(
    (selector) => ({
      selector,
      format: 'block',
      options: { leadingLineBreaks: 2, trailingLineBreaks: 2 },
    }),
  ),
  { selector: 'tr', format: 'row' },
  { selector: 'td', format: 'cell' },
  { selector: 'th', format: 'cell' },
  { selector: 'li', format: 'item' },
  { selector: 'a', format: 'link' },
  { selector: 'img', format: 'image' },
  // The preview line of the inbox list, which repeats the beginning of the mail.
  { selector: 'div[style*="display:none" i]', format: 'skip' },
  { selector: 'div[style*="display: none" i]', format: 'skip' },
];

const convert = compile({
  wordwrap: false,
  formatters: {
    link: formatLink,
    image: formatImage,
    item: formatItem,
    row: formatRow,
    cell: formatCell,
  },
  selectors: SELECTORS,
});

/**
 * Makes a plain text from an HTML template when the template is compiled. Its Liquid tags remain, so
 * that the text is filled from the same context without HTML's escaping.
 */
export function htmlToText(html: string): string {
  const tags: string[] = [];
  const marked = html
    .replaceAll(MARK, '')
    .replace(LIQUID_TAG, (tag) => `${MARK}${tags.push(tag) - 1}${MARK}`);
  return tidyText(
    convert(marked)
      .replace(new RegExp(` *${LABEL_END}`, 'g'), '')
      .replace(
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
