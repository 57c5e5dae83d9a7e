import type { z } from 'zod';
import type { Json, JsonObject } from '../json';

/**
 * Everything that the engine knows about one kind of channel. The type `ChannelKind`, the content of
 * messages, the texts of templates, the labels in pages and the encoding of links follow from it.
 *
 * @example
 * export const fax = defineChannel({
 *   kind: 'fax',
 *   wireId: 128,
 *   address: { trait: 'fax_number', normalize: normalizePhone, readable: true },
 *   labels: { en: { name: 'Fax', by: 'by fax' } },
 *   message: {
 *     texts: z.object({ text: z.string() }),
 *     content: z.object({ text: z.string() }),
 *     compile(texts, compiler) {
 *       const text = compiler.text('text', texts.text);
 *       return (scope, props) => ({ text: text(scope, props) });
 *     },
 *   },
 * });
 */
export interface ChannelDefinition<
  Kind extends string = string,
  Texts = unknown,
  Content extends object = object,
> {
  /** The name in code, rows and the API: lower-case letters, digits and hyphens. */
  readonly kind: Kind;
  /**
   * The number in signed links, 0 to 255: an application's own from 128 on. Links are valid for
   * months, so a number is never given to another channel, even when its own is removed.
   */
  readonly wireId: number;
  readonly address: ChannelAddress;
  /** What customers read; a language without a label gets the English one. */
  readonly labels: ChannelLabels;
  /** What its messages consist of; absent while the channel carries none. */
  readonly message?: MessageFormat<Texts, Content>;
  /** Whether customers may choose it in the preference centre; default true. */
  readonly offeredInCentre?: boolean;
  /**
   * Whether the process that decides may call the provider itself, where that is prompt; default
   * true. The suppression list is then only checked by the decision.
   */
  readonly inlineAllowed?: boolean;
  /** What is accepted from customers on it; absent where nothing is. */
  readonly inbound?: ChannelInbound;
}

/** Where a customer is reached. Channels that name the same trait share their addresses. */
export type ChannelAddress =
  | {
      /** The trait that holds it, which is also the kind of identifier where there is one. */
      readonly trait: string;
      /**
       * The one form in which an address is written to, stored, compared and suppressed; undefined
       * for a value that is no address.
       */
      normalize(value: string): string | undefined;
      /** Whether a person recognises it, so that pages show it (masked). A push token is not. */
      readonly readable: boolean;
    }
  /** The customer's id: the channel is part of the product. */
  | { readonly from: 'customer' }
  /** One address for all customers, from the configuration. */
  | { readonly from: 'configuration' };

export interface ChannelInbound {
  /**
   * The address of the writer in its normal form, out of what a provider gives as the sender;
   * undefined where there is none.
   */
  sender(from: string): string | undefined;
  /** What `sender` expects, for the error: `an e-mail address, such as ada@shop.example`. */
  readonly senderForm: string;
  /** Whether STOP, START and HELP are answered. */
  readonly answered: boolean;
}

export interface ChannelLabel {
  /** As the name of something: "E-mail". */
  readonly name: string;
  /** Within a sentence, with its preposition: "by e-mail". */
  readonly by: string;
}

export interface ChannelLabels {
  readonly en: ChannelLabel;
  readonly [language: string]: ChannelLabel;
}

/**
 * How the messages of a channel are written and rendered.
 *
 * @example
 * const plain: MessageFormat<{ text: string }, { text: string }> = {
 *   texts: z.object({ text: z.string() }),
 *   content: z.object({ text: z.string() }),
 *   compile(texts, compiler) {
 *     const text = compiler.text('text', texts.text);
 *     return (scope, props) => ({ text: text(scope, props) });
 *   },
 * };
 */
export interface MessageFormat<Texts, Content extends object> {
  /** What a template has to say for this channel. */
  readonly texts: z.ZodType<Texts>;
  /** What a provider gets; checked at each rendering. */
  readonly content: z.ZodType<Content>;
  /** Compiles the texts of one template, once. */
  compile(texts: Texts, compiler: TextCompiler): Renderer<Content> | Promise<Renderer<Content>>;
  /** Marks the links to the application's own websites; absent where links stay as they are. */
  decorate?(content: Content, decorator: LinkDecorator): Content;
}

/** Makes something from what templates see and the validated props. */
export type Renderer<T> = (scope: object, props: unknown) => T;

/**
 * Compiles Liquid texts; `part` names the text in errors, such as `subject`.
 *
 * @example
 * function compileTitle(compiler: TextCompiler) {
 *   return compiler.line('title', 'Hello {{ customer.traits.first_name }}');
 * }
 */
export interface TextCompiler {
  /** One line: white space and control characters become single spaces. */
  line(part: string, source: string): Renderer<string>;
  /** Several lines, without space at their ends. */
  text(part: string, source: string): Renderer<string>;
  /** A path, an http(s) URL or an app link; never one that runs code. */
  link(part: string, source: string): Renderer<string>;
  /** JSON, each `{{ output }}` a JSON value. */
  json(part: string, source: string): Renderer<Json>;
  /** An MJML mail with its plain text, which is made from the HTML where none is given. */
  mail(mail: {
    readonly mjml: string;
    readonly text?: string | undefined;
  }): Promise<{ readonly html: Renderer<string>; readonly text: Renderer<string> }>;
}

export interface LinkDecorator {
  url(url: string): string;
  html(html: string): string;
  text(text: string): string;
}

/** Who is reached on a channel. */
export interface AddressedCustomer {
  readonly id: string;
  readonly traits: JsonObject;
}

/**
 * Types a channel; see `ChannelDefinition`. An application adds it with `defineApp({ channels })`.
 *
 * @example
 * export const pager = defineChannel({
 *   kind: 'pager',
 *   wireId: 129,
 *   address: { trait: 'pager_number', normalize: normalizePhone, readable: true },
 *   labels: { en: { name: 'Pager', by: 'by pager' } },
 *   message: {
 *     texts: z.object({ text: z.string() }),
 *     content: z.object({ text: z.string() }),
 *     compile(texts, compiler) {
 *       const text = compiler.text('text', texts.text);
 *       return (scope, props) => ({ text: text(scope, props) });
 *     },
 *   },
 * });
 */
export function defineChannel<
  const Kind extends string,
  Texts = never,
  Content extends object = never,
>(definition: ChannelDefinition<Kind, Texts, Content>): ChannelDefinition<Kind, Texts, Content> {
  return definition;
}
