import { z } from 'zod';
import { comparablePhone } from '../identity/address-forms';
import type { ChannelAddress, ChannelInbound, MessageFormat } from './channel-definition';

/** A phone number in E.164. A number without its country reaches nobody in particular. */
export const phoneAddress = {
  trait: 'phone',
  normalize: comparablePhone,
  readable: true,
} as const satisfies ChannelAddress;

export const phoneInbound: ChannelInbound = {
  /** Some providers send international numbers without the `+`. */
  sender: (from) =>
    comparablePhone(from) ?? comparablePhone(`+${from.replace(/^\w+:/, '').trim()}`),
  senderForm: 'a phone number with its country, such as +491701234567',
  answered: true,
};

/** Plain text. Its links are not decorated: each character costs, and people share what they get. */
export const textMessage: MessageFormat<{ text: string }, { text: string }> = {
  texts: z.object({ text: z.string() }),
  content: z.object({ text: z.string() }),
  compile(texts, compiler) {
    const text = compiler.text('text', texts.text);
    return (scope, props) => ({ text: text(scope, props) });
  },
};
