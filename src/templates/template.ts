import type { z } from 'zod';
import type { TemplateTexts } from '../domain/channels/message-content';

/**
 * The texts of a message, declared once for every channel that can carry it; each channel's definition
 * says which texts it has. All texts are Liquid; the body of a mail is MJML with Liquid inside. What
 * Liquid sees:
 *
 * - `props`: what the journey passed (validated by `props`)
 * - `customer`: `{ id, traits }`, as of the decision
 * - `event`: `{ name, properties, occurredAt }`, the event that the message is about, if `about` is set
 * - `links`: `{ unsubscribe, preferences, confirm }`, signed links for this customer
 * - `message`: `{ id }`
 *
 * @example
 * const names = (template: TemplateDefinition) => template.tags ?? [];
 */
export interface TemplateDefinition<
  Props extends z.ZodType = z.ZodType,
  About extends string | undefined = string | undefined,
> extends TemplateTexts {
  readonly props: Props;
  /** The event that the message is about; the journey must then pass one of that name. */
  readonly about?: About;
  /** For reports: what kind of message this is. */
  readonly tags?: readonly string[];
}

/**
 * Declares a template.
 *
 * @example
 * export const cartReminder = defineTemplate({
 *   props: z.object({ arm: z.string() }),
 *   about: 'Cart Updated',
 *   sms: { text: 'Your cart is waiting: {{ event.properties.cart_url }}' },
 * });
 */
export function defineTemplate<const Definition extends TemplateDefinition>(
  definition: Definition,
): Definition {
  return definition;
}
