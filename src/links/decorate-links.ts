import { channelDefinition } from '../domain/channels/channel-kind';
import type { MessageContent } from '../domain/channels/message-content';
import { VISITOR_PARAMETER } from './visitor-token';

/** Half of the limit of browsers and mail programs, so that the token never breaks a link. */
const MAX_URL = 1_800;

/**
 * Adds a token to the links to the application's own websites, if the channel of the message decorates
 * links. The token identifies the visitor there. Other links, and links that already have a token, do
 * not change.
 *
 * @param websites hosts, such as `shop.example`; their subdomains count too
 * @param except URL prefixes that are not decorated: those of our own pages
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
