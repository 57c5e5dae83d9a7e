import { compile, type FormatCallback, type SelectorDefinition } from 'html-to-text';

const LIQUID_TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/** Replaces a Liquid tag while the HTML is parsed; a private-use character, which texts do not contain. */
const MARK = '\uE000';

/** Separates a link's label, which may end in a space, from its address. */
const LABEL_END = '\uE001';

/** `label: address`, or only the address if the label is the same. */
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

/** Items are not numbered, because a Liquid loop would give each item the same number. */
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
 * Rows and items have a line break on one side only: with the Liquid tags of a loop between them, two
 * breaks would render as empty lines.
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
  // The preview text, which repeats the beginning of the mail.
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
 * Converts an HTML template to plain text when the template is compiled. Liquid tags are kept, so that
 * the text is rendered from the same context without HTML escaping.
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

/** Removes trailing spaces and repeated empty lines. */
export function tidyText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/[ \t\u00A0]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
