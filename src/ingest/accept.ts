import { isTransientDbError, isPostgresCode } from '../db/postgres-errors';
import { currentCustomers } from '../db/current-customer';
import { inTransaction, SerializationConflict, type Tx } from '../db/transaction';
import { RequestError } from '../domain/errors';
import { isErased } from '../domain/identity/erased';
import type { JsonObject } from '../domain/json';
import type { TrackingCall } from '../domain/events/tracking-call';
import { nameOfIdentifier, DEFAULT_LIMITS, type Identifier } from '../domain/identity/identifier';
import type { CallIdentity } from '../domain/identity/identity-of-call';
import { applyEvents } from './apply-events';
import { claimMessageIds } from './claim-message-ids';
import { createGroupCommit } from './group-commit';
import { lockIdentifiersExclusively, NeedsExclusiveLock } from '../identity/lock-identifiers';
import type { IngestError, IngestResult, RawCall } from './incoming';
import type { IngestDeps, MessageOwner } from './ingest-deps';
import { systemMessageId } from '../events/system-message-id';
import { quarantine } from './quarantine';
import type { AcceptOptions, RoutingScope } from '../domain/events/routing-scope';
import { identifyVisitors } from '../identity/recognise-visitors';
import { resolveIdentities, type ZoneAndLocale } from '../identity/resolve-identity';
import { sortCalls, type SortedCalls } from './sort-calls';
import { messageNamedBy, type StoredEvent } from '../events/stored-event';

/** Something that the engine itself observed, such as a changed consent or a finished task. */
export interface SystemEvent {
  readonly messageId: string;
  readonly customerId: string;
  readonly type: 'track' | 'identify' | 'consent' | 'segment';
  readonly name: string;
  readonly properties: JsonObject;
  readonly traits?: JsonObject;
  readonly at: Date;
  /** `everything` where not said. */
  readonly scope?: RoutingScope;
}

export type Recorder = (systemEvent: SystemEvent) => Promise<boolean>;

export interface Ingest {
  /** Takes the calls of one request, or of some rows of a file. */
  accept(raw: readonly RawCall[], options?: AcceptOptions): Promise<IngestResult>;
  /** What `accept` would refuse of some rows of a file. */
  check(raw: readonly RawCall[]): readonly IngestError[];
  /**
   * Runs a transaction in which things that happened to known customers can be recorded together
   * with what else changes. `record` answers false where the messageId had been taken.
   */
  transact<T>(work: (tx: Tx, record: Recorder) => Promise<T>): Promise<T>;
  /**
   * Records many things in the caller's transaction, with one set of statements.
   *
   * @returns how many of them were new
   */
  recordAll(tx: Tx, systemEvents: readonly SystemEvent[]): Promise<number>;
}

const NO_TRAITS: JsonObject = {};
const NOBODY = {
  created: new Set<string>(),
  profiles: new Map<string, ZoneAndLocale>(),
  merges: [],
};

/** The most events in one transaction, save where one request alone brings more. */
const MAX_BATCH_SIZE = 500;
/** Two, so that one group can be read and checked here while Postgres works on the other. */
const GROUPS_AT_ONCE = 2;
/** The most events that wait for their transaction; with those of 32 KB that is 320 MB. */
const MAX_QUEUED = 10_000;

/** How often a transaction is begun anew with more identifiers held alone. */
const MAX_RESTARTS = 10;

/** Whatever is not plainly the server's may be one request's, so each then gets its own answer. */
function isDataError(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && isPostgresCode(code) && !isTransientDbError(code);
}

/**
 * What happens to a request's calls: each is read and checked, then all that passed are stored in
 * one transaction together with everything they cause (customers, enrollments, what Temporal must
 * be told). So a request is taken whole or not at all, and a repeated messageId has no effect.
 * Requests that come at the same time share a transaction.
 *
 * Every transaction takes its locks in one order: names of events, identifiers, message ids,
 * customers, journeys.
 */
export function createIngest(deps: IngestDeps): Ingest {
  const schemas = deps.catalogue.events;
  const limits = { ...DEFAULT_LIMITS, ...deps.identity?.limits };
  const blocked = new Set(deps.identity?.blocked?.map((value) => value.trim().toLowerCase()));

  /** @returns for each list of calls how many of them were new */
  async function acceptIn(
    tx: Tx,
    lists: readonly SortedCalls[],
    receivedAt: Date,
    alone: ReadonlySet<string>,
  ): Promise<readonly number[]> {
    const given = lists.flatMap(({ calls, scope }, list) =>
      calls.map((call) => ({ ...call, list, scope })),
    );
    const wanted = identifiersIn(given.map(({ identity }) => identity));
    const names = [...new Set(given.map(({ call }) => call.name))];
    if (alone.size > 0) {
      const shared = wanted.map(({ value }) => value);
      await lockIdentifiersExclusively(tx, names, { shared, alone: [...alone] });
    }
    const { fresh, known, asked } = await claimMessageIds(tx, given, receivedAt, wanted, names);
    const counts = lists.map(() => 0);
    if (fresh.length === 0) return counts;
    for (const { list } of fresh) counts[list] = (counts[list] ?? 0) + 1;
    const calls = fresh.map(({ call }) => call);
    const identities = await resolveIdentities(
      tx,
      fresh.map(({ identity }) => identity),
      known,
      limits,
      alone,
      receivedAt,
    );
    const named = calls.map((call) => messageNamedBy(call.name, call.properties));
    const owners = await ownersOf(
      tx,
      named.filter((id) => id !== null),
    );
    const events = fresh.map(({ call, messageId, eventId, scope }, at) => {
      const about = named[at] ?? null;
      const owner = about === null ? undefined : owners.get(about);
      // What a provider still reports of a message to somebody who was erased counts, and says no more.
      const erased = owner !== undefined && isErased(owner.customerId);
      const event: StoredEvent = {
        id: eventId,
        // A provider's report names the message, not the customer.
        customerId: identities.customers[at] ?? owner?.customerId ?? null,
        seq: null,
        messageId: erased ? `erased:${eventId}` : messageId,
        type: call.type,
        name: call.name,
        properties: erased ? {} : propertiesOf(call),
        context: erased ? {} : call.context,
        aboutMessageId: owner === undefined ? null : about,
        occurredAt: call.occurredAt,
        receivedAt,
      };
      return { event, traits: call.type === 'identify' ? call.traits : NO_TRAITS, owner, scope };
    });
    await applyEvents(tx, deps, events, receivedAt, { ...identities, asked }, true);
    return counts;
  }

  /** Stores what several requests brought, in one transaction. */
  const commit = createGroupCommit<SortedCalls, number>({
    run: async (jobs) => {
      const receivedAt = deps.clock.now();
      await deps.ensureMonth(receivedAt);
      // An alias asks whether there is such a user, which nobody may become meanwhile.
      const previous = jobs.flatMap((job) => job.calls.map(({ identity }) => identity.previousId));
      return withExclusiveLocks(
        previous.filter((id) => id !== undefined),
        (alone) =>
          inTransaction(deps.db, async (tx) => {
            const misfits = jobs.flatMap((job) => job.misfits);
            if (misfits.length > 0) await quarantine(tx, misfits, receivedAt);
            return acceptIn(tx, jobs, receivedAt, alone);
          }),
      );
    },
    weight: ({ calls, misfits }) => calls.length + misfits.length,
    maxBatchSize: MAX_BATCH_SIZE,
    atOnce: GROUPS_AT_ONCE,
    maxQueued: MAX_QUEUED,
    refusal: () =>
      new RequestError(
        'overloaded',
        'too-many-events',
        `More than ${MAX_QUEUED} events wait to be stored here; send this one again after the time that Retry-After names.`,
      ),
    isJobError: isDataError,
  });

  async function accept(
    raw: readonly RawCall[],
    options: AcceptOptions = {},
  ): Promise<IngestResult> {
    const sorted = sortCalls(raw, deps.clock.now(), { schemas, blocked, ...options });
    const { misfits, errors } = sorted;
    const calls = await identifyVisitors(deps.db, sorted.calls, deps.signingKey, deps.clock.now());
    const accepted = calls.length + misfits.length > 0 ? await commit({ ...sorted, calls }) : 0;
    return {
      accepted,
      duplicates: calls.length - accepted,
      errors,
      quarantined: misfits.map(({ index, messageId, reason }) => {
        return { index, messageId, message: reason };
      }),
    };
  }

  /** @returns how many of them were new */
  async function recordAll(tx: Tx, systemEvents: readonly SystemEvent[]): Promise<number> {
    const receivedAt = deps.clock.now();
    const items = systemEvents.map((systemEvent) => {
      return { systemEvent, messageId: systemMessageId(systemEvent.messageId) };
    });
    const names = [...new Set(systemEvents.map(({ name }) => name))];
    const { fresh, asked } = await claimMessageIds(tx, items, receivedAt, [], names);
    if (fresh.length === 0) return 0;
    const named = fresh.map(({ systemEvent: { name, properties } }) =>
      messageNamedBy(name, properties),
    );
    const owners = await ownersOf(
      tx,
      named.filter((id) => id !== null),
    );
    const current = await currentCustomers(
      tx,
      fresh.map(({ systemEvent }) => systemEvent.customerId),
    );
    const events = fresh.map(({ systemEvent, messageId, eventId }, at) => {
      const about = named[at] ?? null;
      const owner = about === null ? undefined : owners.get(about);
      const event: StoredEvent = {
        id: eventId,
        customerId: current.get(systemEvent.customerId) ?? systemEvent.customerId,
        seq: null,
        messageId,
        type: systemEvent.type,
        name: systemEvent.name,
        properties: systemEvent.properties,
        context: { source: 'throughline' },
        aboutMessageId: owner === undefined ? null : about,
        occurredAt: systemEvent.at,
        receivedAt,
      };
      const { traits = NO_TRAITS, scope = 'all' } = systemEvent;
      return { event, traits, owner, scope };
    });
    await applyEvents(tx, deps, events, receivedAt, { ...NOBODY, asked }, false);
    return fresh.length;
  }

  async function transact<T>(work: (tx: Tx, record: Recorder) => Promise<T>): Promise<T> {
    await deps.ensureMonth(deps.clock.now());
    return inTransaction(deps.db, (tx) =>
      work(tx, async (systemEvent) => (await recordAll(tx, [systemEvent])) === 1),
    );
  }

  const check = (raw: readonly RawCall[]) =>
    sortCalls(raw, deps.clock.now(), { schemas, blocked, imported: true }).errors;

  return {
    accept,
    check,
    transact,
    recordAll,
  };
}

/** Every identifier that some calls name, once; what an alias had before may be of two kinds. */
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

/** Begins the work anew with more identifiers held alone, as often as it finds more to merge. */
async function withExclusiveLocks<T>(
  first: readonly string[],
  work: (alone: ReadonlySet<string>) => Promise<T>,
): Promise<T> {
  let alone: ReadonlySet<string> = new Set(first);
  for (let beginning = 1; ; beginning++) {
    try {
      return await work(alone);
    } catch (error) {
      if (!(error instanceof NeedsExclusiveLock)) throw error;
      if (beginning >= MAX_RESTARTS) throw new SerializationConflict(error.message);
      alone = new Set([...alone, ...error.values]);
    }
  }
}

/** What an event keeps: a track call's properties, an identify or group call's traits. */
function propertiesOf(call: TrackingCall): StoredEvent['properties'] {
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

async function ownersOf(
  tx: Tx,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, MessageOwner>> {
  if (messageIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('messages')
    .select(['id', 'customer_id', 'enrollment_id'])
    .where('id', 'in', [...messageIds])
    .execute();
  return new Map(
    rows.map((row) => [row.id, { customerId: row.customer_id, enrollmentId: row.enrollment_id }]),
  );
}
