import { isDataError } from '../db/data-error';
import { inTransaction, type Db } from '../db/transaction';
import type { Clock } from '../domain/clock';
import { RequestError } from '../domain/errors';
import type { AcceptOptions } from '../domain/events/routing-scope';
import { DEFAULT_LIMITS, type IdentityPolicy } from '../domain/identity/identifier';
import type { EventRecorder } from '../events/recorder';
import { recogniseVisitors } from '../identity/recognise-visitors';
import { acceptCalls } from './accept-calls';
import type { ApplyDeps } from './apply-events';
import { withExclusiveLocks } from './exclusive-locks';
import { createGroupCommit } from './group-commit';
import type { IngestError, IngestResult, RawCall } from './incoming';
import { quarantine } from './quarantine';
import { recordEvents } from './record-events';
import { sortCalls, type SortedCalls } from './sort-calls';

export interface IngestDeps extends ApplyDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly identity?: IdentityPolicy | undefined;
  /** The key that signs the links in messages; without it no visitor is identified by a click. */
  readonly signingKey?: string | undefined;
  /** Creates the partition for events that are received at a time. */
  readonly ensureMonth: (receivedAt: Date) => Promise<void>;
}

export interface Ingest extends EventRecorder {
  /** Stores the calls of one request, or of some rows of an imported file. */
  accept(raw: readonly RawCall[], options?: AcceptOptions): Promise<IngestResult>;
  /** The errors that `accept` would return for some rows of an imported file. */
  check(raw: readonly RawCall[]): readonly IngestError[];
}

/** Events per transaction, unless a single request has more. */
const MAX_BATCH_SIZE = 500;
/** Two, so that one batch is parsed and checked while Postgres works on the other. */
const MAX_CONCURRENT_BATCHES = 2;
/** Events that may wait for a transaction; at 32 KB each that is 320 MB. */
const MAX_QUEUED = 10_000;

/**
 * Ingests events. Each call of a request is parsed and checked; those that pass are stored in one
 * transaction together with everything that they cause: customers, enrollments, outbox. So a request
 * is stored completely or not at all, and a repeated messageId has no effect. Concurrent requests
 * share a transaction. The order of locks is in `db/sql/advisory-locks`.
 */
export function createIngest(deps: IngestDeps): Ingest {
  const { db, clock } = deps;
  const schemas = deps.catalogue.events;
  const limits = { ...DEFAULT_LIMITS, ...deps.identity?.limits };
  const blocked = new Set(deps.identity?.blocked?.map((value) => value.trim().toLowerCase()));

  /** Stores the calls of several requests in one transaction. */
  const commit = createGroupCommit<SortedCalls, number>({
    run: async (requests) => {
      const receivedAt = clock.now();
      await deps.ensureMonth(receivedAt);
      // An alias depends on whether its previous user id exists, so lock it against concurrent claims.
      const previous = requests.flatMap(({ calls }) =>
        calls.flatMap(({ identity: { previousId } }) => previousId ?? []),
      );
      return withExclusiveLocks(previous, (exclusive) =>
        inTransaction(db, async (tx) => {
          const misfits = requests.flatMap((request) => request.misfits);
          if (misfits.length > 0) await quarantine(tx, misfits, receivedAt);
          return acceptCalls(tx, { ...deps, limits }, requests, receivedAt, exclusive);
        }),
      );
    },
    weight: ({ calls, misfits }) => calls.length + misfits.length,
    maxBatchSize: MAX_BATCH_SIZE,
    maxConcurrent: MAX_CONCURRENT_BATCHES,
    maxQueued: MAX_QUEUED,
    refusal: () =>
      new RequestError(
        'overloaded',
        'too-many-events',
        `More than ${MAX_QUEUED} events wait to be stored; send this one again after the time in Retry-After.`,
      ),
    isJobError: isDataError,
  });

  return {
    async accept(raw, options = {}) {
      const sorted = sortCalls(raw, clock.now(), { schemas, blocked, ...options });
      const { misfits, errors } = sorted;
      const calls = await recogniseVisitors(db, sorted.calls, deps.signingKey, clock.now());
      const accepted = calls.length + misfits.length > 0 ? await commit({ ...sorted, calls }) : 0;
      return {
        accepted,
        duplicates: calls.length - accepted,
        errors,
        quarantined: misfits.map(({ index, messageId, reason }) => {
          return { index, messageId, message: reason };
        }),
      };
    },

    check: (raw) => sortCalls(raw, clock.now(), { schemas, blocked, imported: true }).errors,

    async transact(work) {
      await deps.ensureMonth(clock.now());
      return inTransaction(db, (tx) =>
        work(tx, async (event) => (await recordEvents(tx, deps, [event], clock.now())) === 1),
      );
    },

    recordAll: (tx, systemEvents) => recordEvents(tx, deps, systemEvents, clock.now()),
  };
}
