import type { JsonObject } from '../domain/json';

/** The data that templates can use. */
export interface TemplateContext {
  /** What the journey passed; validated against the template's schema. */
  readonly props: unknown;
  readonly customer: { readonly id: string; readonly traits: JsonObject };
  /** The event that the message is about, if the template has `about`. */
  readonly event?:
    | {
        readonly name: string;
        readonly properties: JsonObject;
        readonly occurredAt: Date | string;
      }
    | undefined;
  /** Signed links for this customer. */
  readonly links: {
    readonly unsubscribe?: string | undefined;
    readonly preferences?: string | undefined;
    readonly confirm?: string | undefined;
  };
  readonly message: { readonly id: string };
  /** BCP 47, such as `en-GB`; one that Intl does not know counts as `en`. */
  readonly locale: string;
  /** IANA time zone, such as `Europe/Berlin`; one that Intl does not know counts as `UTC`. */
  readonly zone: string;
}
