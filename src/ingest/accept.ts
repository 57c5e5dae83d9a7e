import { newId } from '../db/new-id';
import { isNobodysFault, isPostgresCode } from '../db/postgres-errors';
import { inTransaction, type Tx } from '../db/transaction';
import { RequestError } from '../domain/errors';
import type { JsonObject } from '../domain/json';
import { parseSegmentCall, type CallType, type SegmentCall } from '../domain/events/segment-call';
import type { CatalogueShape } from '../journey/register';
import { applyEvents } from './apply-events';
import { claimMessageIds } from './claim-message-ids';
import { createGroupCommit } from './group-commit';
import type { IncomingCall, IngestError, IngestResult } from './incoming';
import type { IngestDeps, MessageOwner } from './ingest-deps';
import { OWN_PREFIX, ownMessageId } from './own-message-id';
import { misfit, quarantine, quarantineReason, type Quarantined } from './quarantine';
import type { AcceptOptions, Reach } from './reach';
import { identifiersIn, resolveIdentities, type Profile } from './resolve-identity';
import { messageNamedBy, type StoredEvent } from './stored-event';

export interface RawCall {
  readonly type: CallType;
  readonly body: unknown;
  readonly index: number;
}

/** Something that the engine itself observed, such as a changed consent or a finished task. */
export interface Happening {
  readonly messageId: string;
  readonly customerId: string;
  readonly type: 'track' | 'identify' | 'consent';
  readonly name: string;
  readonly properties: JsonObject;
  readonly traits?: JsonObject;
  readonly at: Date;
  /** `everything` where not said. */
  readonly reach?: Reach;
}

export type Recorder = (happening: Happening) => Promise<boolean>;

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
}

const NO_TRAITS: JsonObject = {};
const NOBODY = { created: new Set<string>(), profiles: new Map<string, Profile>() };

/** The most events in one transaction, save where one request alone brings more. */
const MOST_TOGETHER = 500;
/** Two, so that one group can be read and checked here while Postgres works on the other. */
const GROUPS_AT_ONCE = 2;
/** The most events that wait for their transaction; with those of 32 KB that is 320 MB. */
const MOST_WAITING = 10_000;

/** Whatever is not plainly the server's may be one request's, so each then gets its own answer. */
function mayBeOneRequestsFault(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && isPostgresCode(code) && !isNobodysFault(code);
}

/**
 * What happens to a request's calls: each is read and checked, then all that passed are stored in
 * one transaction together with everything they cause (customers, enrollments, what Temporal must
 * be told). So a request is taken whole or not at all, and a repeated messageId has no effect.
 * Requests that come at the same time share a transaction.
 *
 * Every transaction takes its locks in one order: message ids, identifiers, customers, journeys.
 */
export function createIngest(deps: IngestDeps): Ingest {
  const schemas = deps.catalogue.events;

  /** @returns for each list of calls how many of them were new */
  async function acceptIn(
    tx: Tx,
    lists: readonly Sorted[],
    receivedAt: Date,
  ): Promise<readonly number[]> {
    const given = lists.flatMap(({ calls, reach }, list) =>
      calls.map((call) => ({ ...call, list, reach })),
    );
    const values = [...new Set(given.flatMap(({ call }) => identifiersIn(call)))];
    const names = [...new Set(given.map(({ call }) => call.name))];
    const { fresh, known, asked } = await claimMessageIds(tx, given, receivedAt, values, names);
    const counts = lists.map(() => 0);
    if (fresh.length === 0) return counts;
    for (const { list } of fresh) counts[list] = (counts[list] ?? 0) + 1;
    const calls = fresh.map(({ call }) => call);
    const identities = await resolveIdentities(tx, calls, known, receivedAt);
    const named = calls.map((call) => messageNamedBy(call.name, call.properties));
    const owners = await ownersOf(
      tx,
      named.filter((id) => id !== null),
    );
    const events = fresh.map(({ call, messageId, eventId, reach }, at) => {
      const about = named[at] ?? null;
      const owner = about === null ? undefined : owners.get(about);
      const event: StoredEvent = {
        id: eventId,
        // A provider's report names the message, not the customer.
        customerId: identities.customerOf(call) ?? owner?.customerId ?? null,
        seq: null,
        messageId,
        type: call.type,
        name: call.name,
        properties: propertiesOf(call),
        context: call.context,
        aboutMessageId: owner === undefined ? null : about,
        occurredAt: call.occurredAt,
        receivedAt,
      };
      return { event, traits: call.type === 'identify' ? call.traits : NO_TRAITS, owner, reach };
    });
    await applyEvents(tx, deps, events, receivedAt, { ...identities, asked }, true);
    return counts;
  }

  /** Stores what several requests brought, in one transaction. */
  const commit = createGroupCommit<Sorted, number>({
    run: async (jobs) => {
      const receivedAt = deps.clock.now();
      await deps.ensureMonth(receivedAt);
      return inTransaction(deps.db, async (tx) => {
        const misfits = jobs.flatMap((job) => job.misfits);
        if (misfits.length > 0) await quarantine(tx, misfits, receivedAt);
        return acceptIn(tx, jobs, receivedAt);
      });
    },
    weight: ({ calls, misfits }) => calls.length + misfits.length,
    mostTogether: MOST_TOGETHER,
    atOnce: GROUPS_AT_ONCE,
    mostWaiting: MOST_WAITING,
    refusal: () =>
      new RequestError(
        429,
        'too-many-events',
        `More than ${MOST_WAITING} events wait to be stored here; send this one again after the time that Retry-After names.`,
      ),
    mayBeOneJobsFault: mayBeOneRequestsFault,
  });

  async function accept(
    raw: readonly RawCall[],
    options: AcceptOptions = {},
  ): Promise<IngestResult> {
    const sorted = sort(raw, deps.clock.now(), schemas, options);
    const { calls, misfits, errors } = sorted;
    const accepted = calls.length + misfits.length > 0 ? await commit(sorted) : 0;
    return {
      accepted,
      duplicates: calls.length - accepted,
      errors,
      quarantined: misfits.map(({ index, messageId, reason }) => {
        return { index, messageId, message: reason };
      }),
    };
  }

  async function record(tx: Tx, happening: Happening): Promise<boolean> {
    const receivedAt = deps.clock.now();
    const messageId = ownMessageId(happening.messageId);
    const claim = await claimMessageIds(tx, [{ messageId }], receivedAt, [], [happening.name]);
    const [fresh] = claim.fresh;
    if (fresh === undefined) return false;
    const about = messageNamedBy(happening.name, happening.properties);
    const owner = about === null ? undefined : (await ownersOf(tx, [about])).get(about);
    const event: StoredEvent = {
      id: fresh.eventId,
      customerId: happening.customerId,
      seq: null,
      messageId,
      type: happening.type,
      name: happening.name,
      properties: happening.properties,
      context: { source: 'throughline' },
      aboutMessageId: owner === undefined ? null : about,
      occurredAt: happening.at,
      receivedAt,
    };
    const { traits = NO_TRAITS } = happening;
    const { asked } = claim;
    const known = { ...NOBODY, asked };
    const { reach = 'everything' } = happening;
    await applyEvents(tx, deps, [{ event, traits, owner, reach }], receivedAt, known, false);
    return true;
  }

  async function transact<T>(work: (tx: Tx, record: Recorder) => Promise<T>): Promise<T> {
    await deps.ensureMonth(deps.clock.now());
    return inTransaction(deps.db, (tx) => work(tx, (happening) => record(tx, happening)));
  }

  const check = (raw: readonly RawCall[]) =>
    sort(raw, deps.clock.now(), schemas, { imported: true }).errors;

  return { accept, check, transact };
}

interface Sorted {
  readonly calls: readonly IncomingCall[];
  readonly misfits: readonly (Quarantined & { readonly index: number })[];
  readonly errors: readonly IngestError[];
  readonly reach: Reach;
}

function sort(
  raw: readonly RawCall[],
  receivedAt: Date,
  schemas: CatalogueShape['events'],
  { reach = 'everything', imported = false }: AcceptOptions,
): Sorted {
  const calls: IncomingCall[] = [];
  const misfits: (Quarantined & { index: number })[] = [];
  const errors: IngestError[] = [];
  for (const { type, body, index } of raw) {
    const parsed = parseSegmentCall(type, body, { receivedAt });
    if (!parsed.ok) {
      errors.push({ index, messageId: messageIdIn(body), message: parsed.reason });
      continue;
    }
    const messageId = parsed.call.messageId ?? newId();
    if (messageId.startsWith(OWN_PREFIX) && !imported) {
      const message = `Found the messageId '${messageId.slice(0, 80)}'; ids that begin with '${OWN_PREFIX}' are the engine's own. Send another.`;
      errors.push({ index, messageId, message });
      continue;
    }
    const reason = misfit(parsed.call, schemas);
    if (reason === undefined) calls.push({ index, call: parsed.call, messageId });
    else if (imported) errors.push({ index, messageId, message: reason });
    else {
      misfits.push({ index, call: parsed.call, messageId, reason: quarantineReason(reason) });
    }
  }
  return { calls, misfits, errors, reach };
}

function messageIdIn(body: unknown): string | null {
  const id = (body as { messageId?: unknown } | null | undefined)?.messageId;
  return typeof id === 'string' ? id.slice(0, 255) : null;
}

/** What an event keeps: a track call's properties, an identify or group call's traits. */
function propertiesOf(call: SegmentCall): StoredEvent['properties'] {
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
