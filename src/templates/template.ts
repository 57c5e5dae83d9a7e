import type { z } from 'zod';

/**
 * A message in words, declared once for every channel it can travel on. All texts are Liquid; the
 * e-mail body is MJML with Liquid inside. What Liquid sees:
 *
 * - `props`: what the journey passed (validated by `props`)
 * - `customer`: `{ id, traits }`, fresh at the moment of the decision
 * - `event`: `{ name, properties, occurredAt }`, the event the message is about, where `about` names one
 * - `links`: `{ unsubscribe, preferences, confirm }`, signed links for this customer
 * - `message`: `{ id }`
 */
export interface TemplateDefinition<
  Props extends z.ZodType = z.ZodType,
  About extends string | undefined = string | undefined,
> {
  readonly props: Props;
  /** The event that the message is about; the journey must then pass one of that name. */
  readonly about?: About;
  /** For reports: what kind of message this is. */
  readonly tags?: readonly string[];
  readonly email?: { readonly subject: string; readonly mjml: string; readonly text?: string };
  readonly sms?: { readonly text: string };
  readonly push?: { readonly title: string; readonly body: string; readonly url?: string };
  readonly inapp?: { readonly title: string; readonly body: string; readonly url?: string };
  /** `data` is a Liquid text that renders to JSON; without it the props are sent. */
  readonly webhook?: { readonly type: string; readonly data?: string };
}

export function defineTemplate<const Definition extends TemplateDefinition>(
  definition: Definition,
): Definition {
  return definition;
}
