import type { z } from 'zod';
import type { MessageChannel, MessageContent } from '../domain/channels/message-content';
import type { Callbacks } from './callbacks';
import type {
  ChannelProvider,
  ContentOf,
  DeliveryReceipt,
  OutgoingMessage,
  PricedMessage,
} from './channel';
import { PermanentSendError } from './errors';

/**
 * A configured provider, as `create` returns it.
 *
 * @example
 * const client: ProviderClient<'sms'> = {
 *   deliver: async (message) => ({ providerMessageId: message.id, response: 'accepted' }),
 * };
 */
export interface ProviderClient<Channel extends MessageChannel = MessageChannel> {
  /**
   * Makes exactly one attempt: one request, no retries.
   *
   * @throws {SendError} a subclass that states the consequence
   */
  deliver(
    message: OutgoingMessage<ContentOf<Channel>>,
    signal: AbortSignal,
  ): Promise<DeliveryReceipt>;
  close?(): Promise<void>;
}

/**
 * What `defineProvider` receives.
 *
 * @example
 * const settings = z.object({ ACME_SMS_TOKEN: z.string() });
 * const spec: ProviderSpec<'sms', typeof settings> = {
 *   name: 'acme-sms',
 *   channel: 'sms',
 *   settings,
 *   idempotent: true,
 *   create: () => ({ deliver: () => Promise.reject(new PermanentSendError('No account.')) }),
 * };
 */
export interface ProviderSpec<Channel extends MessageChannel, Settings extends z.ZodObject> {
  /** Lower-case letters, digits and hyphens. Used in rows, task queues and the URL of callbacks. */
  readonly name: string;
  readonly channel: Channel;
  /**
   * A schema keyed by the names of environment variables. The provider is opened if every required
   * variable is present.
   */
  readonly settings: Settings;
  /** Whether the provider deduplicates by message id. */
  readonly idempotent: boolean;
  readonly limits?: {
    /** The maximum size of the content as JSON, in bytes; larger content is rejected before a request. */
    readonly contentBytes?: number;
  };
  /** Used only if no other provider of its channel is configured, such as mails as local files. */
  readonly onlyAlone?: boolean;
  /** The maximum number of messages per second, over all workers. */
  rate?(settings: z.output<Settings>): number | undefined;
  /** The recipient address, on a channel whose address comes from the configuration. */
  addressOf?(settings: z.output<Settings>): string;
  /** The cost of one message in the shop's currency; by default the policy's cost of the channel. */
  costOf?(message: PricedMessage<ContentOf<Channel>>, settings: z.output<Settings>): number;
  /** @throws {Error} if the settings are unusable */
  create(settings: z.output<Settings>): ProviderClient<Channel>;
  callbacks?(settings: z.output<Settings>): Callbacks;
}

/**
 * A provider for `defineApp({ providers })`, created by `defineProvider`.
 *
 * @example
 * const names = (providers: readonly ProviderDefinition[]) => providers.map(({ name }) => name);
 */
export interface ProviderDefinition {
  readonly name: string;
  readonly channel: MessageChannel;
  readonly settings: z.ZodObject;
  readonly onlyAlone: boolean;
  /**
   * @param variables the settings, keyed by the names of environment variables
   * @param defaultCost the cost of one message if the provider has no `costOf`
   * @throws {Error} if the settings are unusable
   */
  open(variables: Readonly<Record<string, unknown>>, defaultCost?: number): ChannelProvider;
}

/**
 * Defines a provider. An application adds it with `defineApp({ providers })`; the providers of a
 * channel are tried in that order, followed by the built-in ones.
 *
 * @example
 * export const acmeSms = defineProvider({
 *   name: 'acme-sms',
 *   channel: 'sms',
 *   settings: z.object({ ACME_SMS_URL: z.url(), ACME_SMS_TOKEN: z.string() }),
 *   idempotent: true,
 *   rate: () => 10,
 *   costOf: () => 0.08,
 *   create: ({ ACME_SMS_URL: url, ACME_SMS_TOKEN: token }) => ({
 *     async deliver({ id, address, content }, signal) {
 *       const answer = await fetch(url, {
 *         method: 'POST',
 *         headers: { authorization: `Bearer ${token}`, 'idempotency-key': id },
 *         body: JSON.stringify({ to: address, text: content.text }),
 *         signal,
 *       });
 *       if (!answer.ok) throw new TransientSendError(`Found status ${answer.status}; expected 200.`);
 *       return { providerMessageId: id, response: await answer.text() };
 *     },
 *   }),
 * });
 */
export function defineProvider<const Channel extends MessageChannel, Settings extends z.ZodObject>(
  spec: ProviderSpec<Channel, Settings>,
): ProviderDefinition {
  const { name, channel, settings: schema, onlyAlone = false } = spec;
  return {
    name,
    channel,
    settings: schema,
    onlyAlone,
    open: (variables, defaultCost = 0) => open(spec, schema.parse(variables), defaultCost),
  };
}

function open<Channel extends MessageChannel, Settings extends z.ZodObject>(
  spec: ProviderSpec<Channel, Settings>,
  settings: z.output<Settings>,
  defaultCost: number,
): ChannelProvider {
  const { channel, name, idempotent, limits } = spec;
  const client = spec.create(settings);
  const maxBytes = limits?.contentBytes ?? Number.POSITIVE_INFINITY;
  return {
    channel,
    name,
    idempotent,
    rate: spec.rate?.(settings),
    address: spec.addressOf?.(settings),
    callbacks: spec.callbacks?.(settings),
    costOf({ address, content }) {
      const matching = content !== undefined && isContentOf(channel, content) ? { content } : {};
      return spec.costOf?.({ address, ...matching }, settings) ?? defaultCost;
    },
    async deliver(message, signal) {
      const { id, content } = message;
      if (!isContentOf(channel, content)) {
        throw new PermanentSendError(
          `Found content for the channel ${message.content.channel} in message ${id}; expected content for ${channel}. Render the message for this channel.`,
        );
      }
      const bytes = limits === undefined ? 0 : Buffer.byteLength(JSON.stringify(content));
      if (bytes > maxBytes) {
        throw new PermanentSendError(
          `The content of message ${id} has ${bytes} bytes; ${name} accepts at most ${maxBytes}. Shorten its template.`,
        );
      }
      return client.deliver({ ...message, content }, signal);
    },
    close: () => client.close?.() ?? Promise.resolve(),
  };
}

function isContentOf<Channel extends MessageChannel>(
  channel: Channel,
  content: MessageContent,
): content is ContentOf<Channel> {
  return content.channel === channel;
}
