import type { MessageContent } from '../domain/message-content';
import { VISITOR_PARAMETER } from './visitor-token';

/** Half of what browsers and mail programs take, so that a link never breaks by the token. */
const MAX_URL = 1_800;

/**
 * A message whose links to one's own websites carry a token that recognises the visitor there. Other
 * links, and links that have a token already, stay as they are.
 *
 * @param websites hosts, such as `shop.example`; their subdomains count too
 * @param except addresses that stay as they are: those of our own pages
 */
export function decorateLinks(
  content: MessageContent,
  websites: readonly string[],
  except: readonly string[],
  token: string,
): MessageContent {
  if (websites.length === 0) return content;
  const mark = (url: string) => (except.includes(url) ? url : withToken(url, websites, token));
  switch (content.channel) {
    case 'email':
      return {
        ...content,
        html: content.html.replaceAll(/(\bhref=")([^"]+)(")/g, (_, before, url: string, after) => {
          const marked = mark(url.replaceAll('&amp;', '&'));
          return `${before}${marked.replaceAll('&', '&amp;')}${after}`;
        }),
        text: inText(content.text, mark),
      };
    case 'sms':
    case 'whatsapp':
      return content; // each character costs, and people share what they get there
    case 'push':
    case 'inapp':
      return content.url === undefined ? content : { ...content, url: mark(content.url) };
    case 'webhook':
      return content;
  }
}

function inText(text: string, mark: (url: string) => string): string {
  return text.replaceAll(/https?:\/\/[^\s<>"')\]]+/g, (url) => {
    const [, address = url, stop = ''] = /^(.*?)([.,;:!?]*)$/s.exec(url) ?? [];
    return mark(address) + stop;
  });
}

function withToken(url: string, websites: readonly string[], token: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return url;
  const { hostname, searchParams } = new URL(url);
  const own = websites.some((site) => hostname === site || hostname.endsWith(`.${site}`));
  if (!own || searchParams.has(VISITOR_PARAMETER)) return url;
  const [, address = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  const marked = `${address}${address.includes('?') ? '&' : '?'}${VISITOR_PARAMETER}=${token}${fragment}`;
  return marked.length > MAX_URL ? url : marked;
}
