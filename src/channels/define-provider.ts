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
   * @throws {SendError} whose class states the consequence
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
  /** Lower-case letters, digits and hyphens; in rows, task queues and the address of callbacks. */
  readonly name: string;
  readonly channel: Channel;
  /**
   * By the names of environment variables. The provider is set up once every required variable is
   * present.
   */
  readonly settings: Settings;
  /** Whether a message id that is sent again is kept once by the provider. */
  readonly idempotent: boolean;
  readonly limits?: {
    /** The most bytes of the content as JSON; more is refused without a request. */
    readonly contentBytes?: number;
  };
  /** Used only where no other provider of its channel is set up, such as a file on this machine. */
  readonly onlyAlone?: boolean;
  /** The most messages a second, over all workers. */
  rate?(settings: z.output<Settings>): number | undefined;
  /** Where messages go, on a channel whose address comes from the configuration. */
  addressOf?(settings: z.output<Settings>): string;
  /** The cost of one message in the shop's currency; without it, the cost that the policy names. */
  costOf?(message: PricedMessage<ContentOf<Channel>>, settings: z.output<Settings>): number;
  /** @throws {Error} settings that it cannot work with */
  create(settings: z.output<Settings>): ProviderClient<Channel>;
  callbacks?(settings: z.output<Settings>): Callbacks;
}

/**
 * A provider as `defineApp({ providers })` receives it; made by `defineProvider`.
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
   * @param variables the settings, by the names of environment variables
   * @param defaultCost of one message, where the provider does not say
   * @throws {Error} settings that it cannot work with
   */
  open(variables: Readonly<Record<string, unknown>>, defaultCost?: number): ChannelProvider;
}

/**
 * Defines a provider. An application adds it with `defineApp({ providers })`; the providers of a
 * channel are tried in that order, and before those of the engine.
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
      const own = content !== undefined && isOf(channel, content) ? { content } : {};
      return spec.costOf?.({ address, ...own }, settings) ?? defaultCost;
    },
    async deliver(message, signal) {
      const { id, content } = message;
      if (!isOf(channel, content)) {
        throw new PermanentSendError(
          `Found content for the channel ${message.content.channel} in message ${id}; expected content for ${channel}. Render the message for the channel that carries it.`,
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

function isOf<Channel extends MessageChannel>(
  channel: Channel,
  content: MessageContent,
): content is ContentOf<Channel> {
  return content.channel === channel;
}
