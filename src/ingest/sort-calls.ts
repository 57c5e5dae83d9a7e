import { newId } from '../db/new-id';
import { parseTrackingCall } from '../domain/events/tracking-call';
import { identityOfCall, type CallIdentity } from '../domain/identity/identity-of-call';
import type { CatalogueShape } from '../journey/register';
import type { IncomingCall, IngestError, RawCall } from './incoming';
import { SYSTEM_PREFIX } from '../events/system-message-id';
import { misfit, quarantineReason, type Quarantined } from './quarantine';
import type { AcceptOptions, RoutingScope } from '../domain/events/routing-scope';

/** The calls of a request, grouped by outcome. */
export interface SortedCalls {
  readonly calls: readonly IncomingCall[];
  readonly misfits: readonly (Quarantined & { readonly index: number })[];
  readonly errors: readonly IngestError[];
  readonly scope: RoutingScope;
}

/**
 * Reads and checks each call of a request.
 *
 * @param options.blocked placeholder values that are not identifiers, in lower case
 */
export function sortCalls(
  raw: readonly RawCall[],
  receivedAt: Date,
  {
    schemas,
    blocked,
    scope = 'all',
    imported = false,
  }: AcceptOptions & {
    readonly schemas: CatalogueShape['events'];
    readonly blocked: ReadonlySet<string>;
  },
): SortedCalls {
  const calls: IncomingCall[] = [];
  const misfits: (Quarantined & { index: number })[] = [];
  const errors: IngestError[] = [];
  for (const { type, body, index } of raw) {
    const parsed = parseTrackingCall(type, body, { receivedAt });
    if (!parsed.ok) {
      errors.push({ index, messageId: messageIdIn(body), message: parsed.reason });
      continue;
    }
    const messageId = parsed.call.messageId ?? newId();
    if (messageId.startsWith(SYSTEM_PREFIX) && !imported) {
      const message = `Found the messageId '${messageId.slice(0, 80)}'; ids that begin with '${SYSTEM_PREFIX}' are the engine's own. Send another.`;
      errors.push({ index, messageId, message });
      continue;
    }
    const identity = identityOfCall(parsed.call, blocked);
    if (identity.blocked !== undefined && namesNobody(identity)) {
      errors.push({ index, messageId, message: nobodysId(identity.blocked) });
      continue;
    }
    const reason = misfit(parsed.call, schemas);
    if (reason === undefined) calls.push({ index, call: parsed.call, identity, messageId });
    else if (imported) errors.push({ index, messageId, message: reason });
    else {
      misfits.push({ index, call: parsed.call, messageId, reason: quarantineReason(reason) });
    }
  }
  return { calls, misfits, errors, scope };
}

function namesNobody({ identifiers, previousId }: CallIdentity): boolean {
  return identifiers.length === 0 && previousId === undefined;
}

function nobodysId(value: string): string {
  return `Found no id but '${value.slice(0, 40)}', which stands for nobody; send the customer's userId or anonymousId.`;
}

function messageIdIn(body: unknown): string | null {
  const id = (body as { messageId?: unknown } | null | undefined)?.messageId;
  return typeof id === 'string' ? id.slice(0, 255) : null;
}
