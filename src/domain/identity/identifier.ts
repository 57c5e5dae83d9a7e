/**
 * By what a customer is known, the strongest first: what a product system says of a person, then
 * what a person says of themselves, then what a device says.
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
  /** As it is compared: an e-mail address in lower case, a phone number in E.164, a custom one `type:id`. */
  readonly value: string;
}

/** How many identifiers of a kind one customer may have. */
export type IdentifierLimits = Readonly<Record<IdentifierKind, number>>;

/**
 * Far above what a person has, far below what a test id or a till in a shop collects. A second user
 * id comes by an alias only, to which no limit applies.
 */
export const DEFAULT_LIMITS: IdentifierLimits = {
  user_id: 1,
  custom: 20,
  email: 10,
  phone: 10,
  anonymous_id: 200,
  push_token: 50,
};

/** What an application says about recognising its customers. */
export interface IdentityPolicy {
  readonly limits?: Partial<IdentifierLimits>;
  /** Values that are nobody's, besides those that are known to be; compared without case. */
  readonly blocked?: readonly string[];
  /**
   * The hosts of one's own websites, subdomains included: links to them in messages recognise their
   * visitor. Such a link that is passed on makes an unknown visitor the one who passed it on.
   */
  readonly websites?: readonly string[];
}

export function isIdentifierKind(kind: string): kind is IdentifierKind {
  return IDENTIFIER_KINDS.some((each) => each === kind);
}

/** One text for one identifier, to look it up by. */
export function nameOfIdentifier({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}
