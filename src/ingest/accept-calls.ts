import type { Tx } from '../db/transaction';
import type { TrackingCall } from '../domain/events/tracking-call';
import { isErased } from '../domain/identity/erased';
import {
  nameOfIdentifier,
  type Identifier,
  type IdentifierLimits,
} from '../domain/identity/identifier';
import type { CallIdentity } from '../domain/identity/identity-of-call';
import type { JsonObject } from '../domain/json';
import type { EventToApply } from '../events/event-to-apply';
import type { StoredEvent } from '../events/stored-event';
import { lockIdentifiersExclusively } from '../identity/lock-identifiers';
import { resolveIdentities } from '../identity/resolve-identity';
import { applyEvents, type ApplyDeps } from './apply-events';
import { claimMessageIds } from './claim-message-ids';
import { subjectsOf } from './message-owners';
import type { SortedCalls } from './sort-calls';

const NO_TRAITS: JsonObject = {};

/**
 * Stores the calls of several requests with everything that they cause: customers, enrollments, and
 * what to send to Temporal. Nothing may follow in the transaction: its commit is sent with the last
 * statement.
 *
 * @param exclusive values of identifiers to lock exclusively
 * @returns for each request, how many of its calls were new
 */
export async function acceptCalls(
  tx: Tx,
  deps: ApplyDeps & { readonly limits: IdentifierLimits },
  requests: readonly SortedCalls[],
  receivedAt: Date,
  exclusive: ReadonlySet<string>,
): Promise<readonly number[]> {
  const calls = requests.flatMap(({ calls: each, scope }, request) =>
    each.map((call) => ({ ...call, request, scope })),
  );
  const identifiers = identifiersIn(calls.map(({ identity }) => identity));
  const names = [...new Set(calls.map(({ call }) => call.name))];
  if (exclusive.size > 0) {
    const shared = identifiers.map(({ value }) => value);
    await lockIdentifiersExclusively(tx, names, { shared, exclusive: [...exclusive] });
  }
  const { claimed, known, subscribed } = await claimMessageIds(
    tx,
    calls,
    receivedAt,
    identifiers,
    names,
  );
  const counts = requests.map(() => 0);
  if (claimed.length === 0) return counts;
  for (const { request } of claimed) counts[request] = (counts[request] ?? 0) + 1;
  const identities = await resolveIdentities(
    tx,
    claimed.map(({ identity }) => identity),
    known,
    deps.limits,
    exclusive,
    receivedAt,
  );
  const subjects = await subjectsOf(
    tx,
    claimed.map(({ call }) => call),
  );
  const items = claimed.map(({ call, messageId, eventId, scope }, index): EventToApply => {
    const subject = subjects[index];
    const owner = subject?.owner;
    const event: StoredEvent = {
      id: eventId,
      // A delivery report names the message, not the customer.
      customerId: identities.customers[index] ?? owner?.customerId ?? null,
      seq: null,
      messageId,
      type: call.type,
      name: call.name,
      properties: storedProperties(call),
      context: call.context,
      aboutMessageId: subject?.messageId ?? null,
      occurredAt: call.occurredAt,
      receivedAt,
    };
    return {
      event: owner !== undefined && isErased(owner.customerId) ? anonymised(event) : event,
      traits: call.type === 'identify' ? call.traits : NO_TRAITS,
      owner,
      scope,
    };
  });
  await applyEvents(tx, deps, items, receivedAt, { ...identities, subscribed }, { last: true });
  return counts;
}

/** A report about a message to an erased customer is applied, but nothing of its content is kept. */
function anonymised(event: StoredEvent): StoredEvent {
  return { ...event, messageId: `erased:${event.id}`, properties: {}, context: {} };
}

/** Every identifier that some calls name, once. An alias' previous id may be of two kinds. */
function identifiersIn(calls: readonly CallIdentity[]): readonly Identifier[] {
  const found = new Map<string, Identifier>();
  const add = (identifier: Identifier) => found.set(nameOfIdentifier(identifier), identifier);
  for (const { identifiers, previousId: value, recognised } of calls) {
    identifiers.forEach(add);
    if (recognised !== undefined) add(recognised);
    if (value === undefined) continue;
    add({ kind: 'user_id', value });
    add({ kind: 'anonymous_id', value });
  }
  return [...found.values()];
}

/** The properties of the stored event; the traits, for identify and group calls. */
function storedProperties(call: TrackingCall): StoredEvent['properties'] {
  switch (call.type) {
    case 'identify':
      return call.traits;
    case 'group':
      return { ...call.properties, ...call.traits, group_id: call.groupId ?? null };
    case 'alias':
      return { ...call.properties, previous_id: call.previousId ?? null };
    case 'track':
    case 'page':
    case 'screen':
      return call.properties;
  }
}
