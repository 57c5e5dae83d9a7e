import type { Policy } from '../../app';
import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { JsonObject } from '../../domain/json';
import type { MessageContent } from '../../domain/channels/message-content';
import type { SendInput } from '../../journey/engine-activities';
import { decorateLinks } from '../../links/decorate-links';
import { messageLinks, type LinkSettings, type MessageLinks } from '../../links/message-links';
import { signVisitor } from '../../links/visitor-token';
import type { CompiledTemplate } from '../../templates/render';

export interface RenderDeps {
  readonly policy: Policy;
  readonly links: LinkSettings;
}

/** The recipient and the subject of a message to render. */
export interface RenderSubject {
  readonly customer: {
    readonly id: string;
    readonly traits: JsonObject;
    readonly timeZone: string | null;
    readonly locale: string | null;
  };
  readonly event: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly occurredAt: Date;
  } | null;
}

export type Rendered =
  | { readonly content: MessageContent; readonly links: MessageLinks }
  /** Why the template could not be rendered. */
  | { readonly failure: string };

/** Renders a message, with its own signed links and a visitor token in links to the shop. */
export function renderMessage(
  { policy, links: settings }: RenderDeps,
  input: SendInput,
  template: CompiledTemplate | undefined,
  { customer, event }: RenderSubject,
  { id: messageId, channel }: { readonly id: string; readonly channel: ChannelKind },
): Rendered {
  if (template === undefined) return { failure: `there is no template '${input.template}'` };
  const decidedAt = new Date(input.now);
  const customerId = customer.id;
  const subject = { messageId, customerId, channel, purpose: input.purpose, decidedAt };
  const links = messageLinks(settings, subject);
  const { unsubscribe, preferences } = links;
  const topic = input.props['topic'];
  const confirm = typeof topic === 'string' ? links.confirm(topic) : undefined;
  try {
    const content = template.render(channel, {
      props: input.props,
      customer: { id: customerId, traits: customer.traits },
      ...(event !== null && { event }),
      links: {
        preferences,
        ...(unsubscribe !== undefined && { unsubscribe }),
        ...(confirm !== undefined && { confirm }),
      },
      message: { id: messageId },
      locale: customer.locale ?? policy.defaultLocale,
      zone: customer.timeZone ?? policy.defaultZone,
    });
    const own = [unsubscribe, preferences, confirm].filter((link) => link !== undefined);
    const token = signVisitor({ customerId, messageId }, decidedAt, settings.signingKey);
    const websites = policy.identity?.websites ?? [];
    return { content: decorateLinks(content, websites, own, token), links };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}
