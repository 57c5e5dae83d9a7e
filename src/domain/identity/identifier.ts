/**
 * The kinds of identifier, the strongest first: those that a product system assigns, then those that
 * a person enters, then those of a device.
 */
export const IDENTIFIER_KINDS = [
  'user_id',
  'custom',
  'email',
  'phone',
  'anonymous_id',
  'push_token',
] as const;

export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

export interface Identifier {
  readonly kind: IdentifierKind;
  /** Normalized: an e-mail address in lower case, a phone number in E.164, a custom one `type:id`. */
  readonly value: string;
}

/** The maximum number of identifiers of each kind per customer. */
export type IdentifierLimits = Readonly<Record<IdentifierKind, number>>;

/**
 * Far more than a person has, and far fewer than a test id or a shop's till collects. Only an alias
 * adds a second user id, and no limit applies to it.
 */
export const DEFAULT_LIMITS: IdentifierLimits = {
  user_id: 1,
  custom: 20,
  email: 10,
  phone: 10,
  anonymous_id: 200,
  push_token: 50,
};

/** An application's settings for identity resolution. */
export interface IdentityPolicy {
  readonly limits?: Partial<IdentifierLimits>;
  /** Placeholder values in addition to the built-in ones; case-insensitive. */
  readonly blocked?: readonly string[];
  /**
   * The hosts of the application's websites, including subdomains. Links to them in messages
   * identify the visitor. If such a link is forwarded, an unknown visitor who opens it is identified
   * as the customer who forwarded it.
   */
  readonly websites?: readonly string[];
}

export function isIdentifierKind(kind: string): kind is IdentifierKind {
  return IDENTIFIER_KINDS.some((each) => each === kind);
}

/** The map key of an identifier. */
export function nameOfIdentifier({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}
