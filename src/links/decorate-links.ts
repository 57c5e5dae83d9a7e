import { channelDefinition } from '../domain/channels/channel-kind';
import type { MessageContent } from '../domain/channels/message-content';
import { VISITOR_PARAMETER } from './visitor-token';

/** Half of what browsers and mail programs take, so that a link never breaks by the token. */
const MAX_URL = 1_800;

/**
 * A message whose links to the application's own websites carry a token that recognises the visitor
 * there, where its channel decorates links. Other links, and links that have a token already, stay
 * as they are.
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
  const format = channelDefinition(content.channel)?.message;
  if (websites.length === 0 || format?.decorate === undefined) return content;
  const url = (link: string) => (except.includes(link) ? link : withToken(link, websites, token));
  return {
    ...content,
    ...format.decorate(content, {
      url,
      html: (html) => inHtml(html, url),
      text: (text) => inText(text, url),
    }),
  };
}

function inHtml(html: string, mark: (url: string) => string): string {
  return html.replaceAll(/(\bhref=")([^"]+)(")/g, (_, before, url: string, after) => {
    const marked = mark(url.replaceAll('&amp;', '&'));
    return `${before}${marked.replaceAll('&', '&amp;')}${after}`;
  });
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
