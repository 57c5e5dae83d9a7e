import type { ChannelKind } from '../domain/channel-kind';
import type { Json } from '../domain/json';
import type { MessageContent } from '../domain/message-content';
import { vocabularyOf } from './check-variables';
import { htmlToText, tidyText } from './html-to-text';
import { liquidEngines } from './liquid-engines';
import { compileLiquid, type LiquidText } from './liquid-text';
import { mjmlToHtml } from './mjml-to-html';
import type { TemplateDefinition } from './template';
import type { TemplateContext } from './template-context';
import { TemplateError } from './template-error';
import { safeLink } from './safe-link';
import { z } from 'zod';

/** A template ready to be filled, as often as needed, without I/O. */
export interface CompiledTemplate {
  readonly name: string;
  /** The event that the message is about. */
  readonly about: string | undefined;
  readonly tags: readonly string[];
  /** The channels that it has words for. */
  readonly channels: readonly ChannelKind[];
  /** @throws {TemplateError} a channel without words, props or values that do not fit */
  render(channel: ChannelKind, context: TemplateContext): MessageContent;
}

type Renderer = (scope: object, props: unknown) => MessageContent;

/**
 * Compiles each text of a template once: MJML to HTML, Liquid to its parsed form, every name
 * checked against what a context holds.
 *
 * @throws {TemplateError} naming template, text and line
 */
export async function compileTemplate(
  name: string,
  definition: TemplateDefinition,
): Promise<CompiledTemplate> {
  const renderers = await compileRenderers(name, definition);
  return {
    name,
    about: definition.about,
    tags: definition.tags ?? [],
    channels: [...renderers.keys()],
    render(channel, context) {
      const render = renderers.get(channel);
      if (!render) {
        throw new TemplateError(
          { template: name },
          `Found no words for ${channel}; expected one of ${[...renderers.keys()].join(', ')}. Send over one of these, or add the words.`,
        );
      }
      const props = parseProps(name, definition, context.props);
      return render(scopeOf(name, definition, context, props), props);
    },
  };
}

async function compileRenderers(
  template: string,
  definition: TemplateDefinition,
): Promise<ReadonlyMap<ChannelKind, Renderer>> {
  const vocabulary = vocabularyOf(definition);
  const compile = (part: string, source: string, place: keyof typeof liquidEngines = 'text') =>
    compileLiquid({ template, part, source, engine: liquidEngines[place], vocabulary });
  const renderers = new Map<ChannelKind, Renderer>();

  const { email, sms, push, inapp, webhook } = definition;
  if (email) {
    const part = 'email.mjml';
    const common = { template, part, source: email.mjml, vocabulary };
    // Lines are counted in the MJML, so its Liquid is checked before MJML has its say.
    compileLiquid({ ...common, engine: liquidEngines.html });
    const compiled = await mjmlToHtml(template, part, email.mjml);
    const subject = compile('email.subject', email.subject);
    const html = compileLiquid({ ...common, compiled, engine: liquidEngines.html });
    const text =
      email.text === undefined
        ? compileLiquid({ ...common, compiled: htmlToText(compiled), engine: liquidEngines.text })
        : compile('email.text', email.text);
    renderers.set('email', (scope) => ({
      channel: 'email',
      subject: oneLine(subject(scope)),
      html: html(scope),
      text: tidyText(text(scope)),
    }));
  }
  if (sms) {
    const text = compile('sms.text', sms.text);
    renderers.set('sms', (scope) => ({ channel: 'sms', text: tidyText(text(scope)) }));
  }
  for (const [channel, words] of [['push', push] as const, ['inapp', inapp] as const]) {
    if (!words) continue;
    const title = compile(`${channel}.title`, words.title);
    const body = compile(`${channel}.body`, words.body);
    const url = words.url === undefined ? undefined : compile(`${channel}.url`, words.url);
    renderers.set(channel, (scope) => ({
      channel,
      title: oneLine(title(scope)),
      body: tidyText(body(scope)),
      ...(url ? { url: safeLink({ template, part: `${channel}.url` }, url(scope)) } : {}),
    }));
  }
  if (webhook) {
    const data =
      webhook.data === undefined ? undefined : compile('webhook.data', webhook.data, 'json');
    renderers.set('webhook', (scope, props) => ({
      channel: 'webhook',
      type: webhook.type,
      data: data ? parseData(template, data, scope) : z.json().parse(props),
    }));
  }
  return renderers;
}

function parseProps(template: string, definition: TemplateDefinition, props: unknown): unknown {
  const result = definition.props.safeParse(props);
  if (result.success) return result.data;
  const wrong = result.error.issues
    .map(
      ({ path, message }) => `props${path.map((name) => `.${String(name)}`).join('')}: ${message}`,
    )
    .join('; ');
  throw new TemplateError(
    { template },
    `Found props that do not fit (${wrong}). Pass the props that the template declares.`,
  );
}

function scopeOf(
  template: string,
  { about }: TemplateDefinition,
  context: TemplateContext,
  props: unknown,
): object {
  const { customer, event, links, message, locale, zone } = context;
  if (about !== undefined && event?.name !== about) {
    throw new TemplateError(
      { template },
      `Found ${event ? `the event ${event.name}` : 'no event'}; expected ${about}. Send the message about an event of that name.`,
    );
  }
  return {
    props,
    customer: { id: customer.id, traits: customer.traits },
    links: { ...links },
    message: { id: message.id },
    locale,
    zone,
    ...(event && about !== undefined ? { event } : {}),
  };
}

function parseData(template: string, data: LiquidText, scope: object): Json {
  const text = data(scope);
  try {
    return z.json().parse(JSON.parse(text));
  } catch (cause) {
    throw new TemplateError(
      { template, part: 'webhook.data' },
      `Found text that is not JSON (${cause instanceof Error ? cause.message : String(cause)}). Write each value as {{ output }} without quotes around it; it becomes JSON by itself.`,
      { cause },
    );
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
