import type { Register } from '../register';
import type { BUILT_IN_CHANNELS } from './built-in';
import type { ChannelDefinition } from './channel-definition';

type RegisteredChannel = Register extends {
  channels: readonly (infer Own extends ChannelDefinition)[];
}
  ? Own
  : never;

/** The definitions of the engine and those that the application names in `Register`. */
type Channel = (typeof BUILT_IN_CHANNELS)[number] | RegisteredChannel;

/** Every kind of channel on which a customer can be reached. */
export type ChannelKind = Channel['kind'];

type Content<C> =
  C extends ChannelDefinition<infer Kind, infer _, infer Rendered>
    ? [Rendered] extends [never]
      ? never
      : { readonly channel: Kind } & Readonly<Rendered>
    : never;

/** What a template became for one customer on one channel. */
export type MessageContent = Content<Channel>;

/** The kinds of channel that carry messages. */
export type MessageChannel = MessageContent['channel'];

type Texts<C> =
  C extends ChannelDefinition<string, infer Given, infer Rendered>
    ? [Rendered] extends [never]
      ? never
      : Readonly<Given>
    : never;

/** What a template may say on each channel. */
export type TemplateTexts = {
  readonly [Kind in MessageChannel]?: Texts<Extract<Channel, { readonly kind: Kind }>>;
};
