import type { Renderer } from '../domain/channels/channel-definition';
import { channelDefinitions, type ChannelKind } from '../domain/channels/channel-kind';
import type { MessageContent } from '../domain/channels/message-content';
import { vocabularyOf } from './check-variables';
import type { TemplateDefinition } from './template';
import type { TemplateContext } from './template-context';
import { TemplateError } from './template-error';
import { createTextCompiler } from './text-compiler';
import type { z } from 'zod';

/** A compiled template, which renders without I/O. */
export interface CompiledTemplate {
  readonly name: string;
  /** The event that the message is about. */
  readonly about: string | undefined;
  readonly tags: readonly string[];
  /** The channels that it has texts for. */
  readonly channels: readonly ChannelKind[];
  /** @throws {TemplateError} for a channel without texts, or invalid props or values */
  render(channel: ChannelKind, context: TemplateContext): MessageContent;
}

/**
 * Compiles each text of a template once: MJML to HTML, and Liquid to its parsed form. Checks each
 * variable against the context.
 *
 * @throws {TemplateError} with the template, the text and the line
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
          `Found no texts for ${channel}; expected one of ${[...renderers.keys()].join(', ')}. Send on one of these channels, or add the texts.`,
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
): Promise<ReadonlyMap<ChannelKind, Renderer<MessageContent>>> {
  const vocabulary = vocabularyOf(definition);
  const parts = new Map<string, unknown>(Object.entries(definition));
  const renderers = new Map<ChannelKind, Renderer<MessageContent>>();
  for (const { kind, message } of channelDefinitions()) {
    const given = parts.get(kind);
    if (message === undefined || given === undefined) continue;
    const texts = parseTexts(template, kind, message.texts, given);
    const render = await message.compile(texts, createTextCompiler(template, kind, vocabulary));
    renderers.set(kind as ChannelKind, (scope, props) =>
      contentOf(template, kind, message.content, render(scope, props)),
    );
  }
  return renderers;
}

function parseTexts(template: string, kind: string, schema: z.ZodType, texts: unknown): unknown {
  const result = schema.safeParse(texts);
  if (result.success) return result.data;
  throw new TemplateError(
    { template, part: kind },
    `Found texts that the channel does not have (${issuesOf(kind, result.error)}). Write the texts that its definition names.`,
  );
}

function contentOf(
  template: string,
  kind: string,
  schema: z.ZodType<object>,
  rendered: unknown,
): MessageContent {
  const result = schema.safeParse(rendered);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type is derived from the schema
  if (result.success) return { channel: kind, ...result.data } as MessageContent;
  throw new TemplateError(
    { template, part: kind },
    `Rendered content that does not fit its channel (${issuesOf(kind, result.error)}). Check the values in the template.`,
  );
}

function issuesOf(root: string, error: z.ZodError): string {
  return error.issues
    .map(
      ({ path, message }) =>
        `${root}${path.map((name) => `.${String(name)}`).join('')}: ${message}`,
    )
    .join('; ');
}

function parseProps(template: string, definition: TemplateDefinition, props: unknown): unknown {
  const result = definition.props.safeParse(props);
  if (result.success) return result.data;
  throw new TemplateError(
    { template },
    `Found props that do not fit (${issuesOf('props', result.error)}). Pass the props that the template declares.`,
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
