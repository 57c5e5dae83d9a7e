import type { TrackingCall } from '../events/tracking-call';
import { isJsonObject, type Json } from '../json';
import { comparableEmail, comparablePhone } from './address-forms';
import { isBlocked } from './blocked-values';
import { IDENTIFIER_KINDS, type Identifier, type IdentifierKind } from './identifier';

/** The identifiers in a call. */
export interface CallIdentity {
  /** The strongest kind first. */
  readonly identifiers: readonly Identifier[];
  /** The previous id of an alias, which may be a user id or an anonymous id. */
  readonly previousId?: string;
  /** An identifier of the customer who clicked in a message. */
  readonly recognised?: Identifier;
  /** The first placeholder value, such as `null`; it was left out. */
  readonly blocked?: string;
}

/** Postgres cannot index long texts. */
const LONGEST = 255;
const MAX_CUSTOM = 10;

/**
 * Reads the identifiers in a call: its ids, the addresses that an identify call sets, the device's
 * push token (`context.device.token`) and custom ones (`context.externalIds`, each with `id` and
 * `type`). Placeholder values are left out.
 *
 * @param blocked the application's own placeholder values, in lower case
 */
export function identityOfCall(
  call: Pick<TrackingCall, 'type' | 'userId' | 'anonymousId' | 'previousId' | 'traits' | 'context'>,
  blocked: ReadonlySet<string> = new Set(),
): CallIdentity {
  const found = new Map<string, Identifier>();
  let firstBlocked: string | undefined;
  const usable = (value: string | undefined): value is string => {
    if (value === undefined) return false;
    if (!isBlocked(value, blocked)) return true;
    firstBlocked ??= value;
    return false;
  };
  const add = (kind: IdentifierKind, value: string | undefined) => {
    if (value !== undefined && value.length <= LONGEST)
      found.set(`${kind}:${value}`, { kind, value });
  };
  if (usable(call.userId)) add('user_id', call.userId);
  if (usable(call.anonymousId)) add('anonymous_id', call.anonymousId);
  for (const custom of customIds(call.context['externalIds'])) {
    if (!isBlocked(custom.id, blocked)) add('custom', `${custom.type}:${custom.id}`);
  }
  if (call.type === 'identify') {
    add('email', given(call.traits['email'], comparableEmail, blocked));
    add('phone', given(call.traits['phone'], comparablePhone, blocked));
  }
  const device = call.context['device'];
  if (isJsonObject(device))
    add(
      'push_token',
      given(device['token'], (token) => token.trim(), blocked),
    );
  const previousId = usable(call.previousId) ? call.previousId : undefined;
  return {
    identifiers: [...found.values()].toSorted((a, b) => strength(a) - strength(b)),
    ...(call.type === 'alias' && previousId !== undefined && { previousId }),
    ...(firstBlocked !== undefined && { blocked: firstBlocked }),
  };
}

function given(
  value: Json | undefined,
  comparable: (text: string) => string | undefined,
  blocked: ReadonlySet<string>,
): string | undefined {
  if (typeof value !== 'string' || isBlocked(value, blocked)) return undefined;
  return comparable(value);
}

function customIds(
  listed: Json | undefined,
): readonly { readonly type: string; readonly id: string }[] {
  if (!Array.isArray(listed)) return [];
  return listed.slice(0, MAX_CUSTOM).flatMap((each) => {
    if (!isJsonObject(each)) return [];
    const { id, type, collection } = each;
    // Segment's other collections identify accounts, not customers.
    const ofPerson = collection === undefined || collection === null || collection === 'users';
    return ofPerson && typeof id === 'string' && typeof type === 'string' && type !== ''
      ? [{ type, id }]
      : [];
  });
}

function strength({ kind }: Identifier): number {
  return IDENTIFIER_KINDS.indexOf(kind);
}
