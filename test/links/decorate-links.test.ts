import { decorateLinks } from '../../src/links/decorate-links';
import { readVisitor, signVisitor } from '../../src/links/visitor-token';

const KEY = 'a-signing-key-for-tests-of-32-chars!';
const SENT = new Date('2026-03-02T10:00:00Z');
const VISITOR = { customerId: 'customer-1', messageId: 'message-1' };
const DAY = 86_400_000;

describe('the visitor token', () => {
  const token = signVisitor(VISITOR, SENT, KEY);

  it('identifies the recipient of a message for 30 days', () => {
    expect(readVisitor(token, KEY, SENT)).toEqual(VISITOR);
    expect(readVisitor(token, KEY, new Date(SENT.getTime() + 30 * DAY))).toEqual(VISITOR);
    expect(readVisitor(token, KEY, new Date(SENT.getTime() + 30 * DAY + 2_000))).toBeUndefined();
  });

  it.each([
    ['another key', token, `${KEY}2`],
    ['another customer', token.replace('customer-1', 'customer-2'), KEY],
    ['a later end', token.replace(/\.[^.]+\.([^.]+)$/, '.zzzzzzz.$1'), KEY],
    ['no signature', token.slice(0, token.lastIndexOf('.')), KEY],
    ['something else', 'tl', KEY],
    ['nothing', '', KEY],
  ])('is refused with %s', (_, given, key) => {
    expect(readVisitor(given, key, SENT)).toBeUndefined();
  });
});

describe('links in a message', () => {
  const unsubscribe = 'https://shop.example/unsubscribe/abc';
  const mark = (html: string, text = '') => {
    const content = { channel: 'email' as const, subject: 'Hello', html, text };
    const marked = decorateLinks(content, ['shop.example'], [unsubscribe], 'T.1');
    return marked.channel === 'email' ? { html: marked.html, text: marked.text } : undefined;
  };

  it.each([
    ['https://shop.example', 'https://shop.example?tl=T.1'],
    [
      'https://www.shop.example/a?b=1&amp;c=2#d',
      'https://www.shop.example/a?b=1&amp;c=2&amp;tl=T.1#d',
    ],
    ['https://shop.example/?tl=before', 'https://shop.example/?tl=before'],
    ['https://noshop.example/a', 'https://noshop.example/a'],
    ['https://shop.example.evil.example/a', 'https://shop.example.evil.example/a'],
    ['mailto:hello@shop.example', 'mailto:hello@shop.example'],
    [unsubscribe, unsubscribe],
  ])('%s becomes %s', (url, marked) => {
    expect(mark(`<a class="x" href="${url}">x</a>`)?.html).toBe(
      `<a class="x" href="${marked}">x</a>`,
    );
  });

  it('are decorated in plain text too, without the punctuation after them', () => {
    expect(mark('', 'See https://shop.example/a. Or (https://shop.example/b)!')?.text).toBe(
      'See https://shop.example/a?tl=T.1. Or (https://shop.example/b?tl=T.1)!',
    );
  });

  it('are not changed if no own website is configured', () => {
    const content = {
      channel: 'push' as const,
      title: 'a',
      body: 'b',
      url: 'https://shop.example',
    };
    expect(decorateLinks(content, [], [], 'T')).toEqual(content);
    expect(decorateLinks(content, ['shop.example'], [], 'T')).toMatchObject({
      url: 'https://shop.example?tl=T',
    });
  });
});
