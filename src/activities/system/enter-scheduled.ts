import { Context } from '@temporalio/activity';
import { sql } from 'kysely';
import { inTransaction, type Db, type Tx } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import type { JsonObject } from '../../domain/json';
import { matchesTraits, type TraitFilter } from '../../domain/schedule/trait-filter';
import { enterAll } from '../../enrollments/enrollment-batch';
import type { JourneyIndex } from '../../enrollments/journey-index';
import { allocateSequence } from '../../events/event-sequence';
import type { JourneyOptions } from '../../journey/options';
import type { ScheduledEntries, SystemActivities } from './protocol';

/** Number of customers per query and transaction. */
const PAGE_SIZE = 500;
const BATCH_SIZE = 50;

interface Progress extends ScheduledEntries {
  readonly cursor: string;
}

/**
 * Enters all customers whose traits pass the filter, once for each occurrence: a retry after a crash
 * finds the earlier entries and refusals by the occurrence's id.
 */
export function createEnterScheduled(deps: {
  readonly db: Db;
  readonly index: JourneyIndex;
  readonly clock: Clock;
}): SystemActivities['enterScheduled'] {
  return async ({ journey, occurrence, filter, segment }) => {
    const context = Context.current();
    let progress: Progress = (context.info.heartbeatDetails as Progress | undefined) ?? {
      cursor: '',
      seen: 0,
      entered: 0,
      refused: 0,
    };
    const options = deps.index.options(journey);
    if (options === undefined) return progress; // the journey was removed; its schedule ends at the next start of a worker
    const eventId = `schedule:${journey}:${new Date(occurrence).toISOString()}`;
    for (;;) {
      context.cancellationSignal.throwIfAborted();
      const page = await nextPage(deps.db, progress.cursor, segment);
      const last = page.at(-1);
      if (last === undefined) return progress;
      const matching = page
        .filter(({ traits }) => matchesTraits(filter, traits))
        .map(({ id }) => id);
      let { entered, refused } = progress;
      for (let from = 0; from < matching.length; from += BATCH_SIZE) {
        const ids = matching.slice(from, from + BATCH_SIZE);
        const now = deps.clock.now();
        const entries = await inTransaction(deps.db, (tx) =>
          enterEach(tx, { ids, journey, options, filter, segment, eventId, now }),
        );
        entered += entries.filter(Boolean).length;
        refused += entries.filter((each) => !each).length;
        context.heartbeat(progress);
      }
      progress = { cursor: last.id, seen: progress.seen + page.length, entered, refused };
      context.heartbeat(progress);
    }
  };
}

async function enterEach(
  tx: Tx,
  given: {
    readonly ids: readonly string[];
    readonly journey: string;
    readonly options: JourneyOptions;
    readonly filter: TraitFilter;
    readonly segment: string | undefined;
    readonly eventId: string;
    readonly now: Date;
  },
): Promise<readonly boolean[]> {
  const { journey, options, filter, eventId, now } = given;
  const customers = await tx
    .selectFrom('customers')
    .select(['id', 'traits'])
    .where('id', 'in', [...given.ids])
    // Those merged since the page was read are entered as the surviving customer.
    .where('merged_into', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  const processed = await alreadyProcessed(tx, given.ids, journey, eventId);
  const members = await membersAmong(tx, given.ids, given.segment);
  // Traits and segments may have changed since the page was read; these are current.
  const matching = customers.filter(
    ({ id, traits }) => !processed.has(id) && members.has(id) && matchesTraits(filter, traits),
  );
  const seq = await allocateSequence(tx);
  const requests = matching.map(({ id }) => {
    return { customerId: id, journey, options, key: '', event: null, eventId, seq, now };
  });
  return (await enterAll(tx, requests)).map(({ entered }) => entered);
}

async function alreadyProcessed(
  tx: Tx,
  ids: readonly string[],
  journey: string,
  eventId: string,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select customer_id as id from enrollments
    where customer_id = any(${ids}) and journey = ${journey} and trigger_event_id = ${eventId}
    union
    select customer_id as id from entry_refusals
    where customer_id = any(${ids}) and journey = ${journey} and event_id = ${eventId}`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

async function membersAmong(
  tx: Tx,
  ids: readonly string[],
  segment: string | undefined,
): Promise<ReadonlySet<string>> {
  if (segment === undefined) return new Set(ids);
  const rows = await tx
    .selectFrom('segment_members')
    .select('customer_id')
    .where('customer_id', 'in', [...ids])
    .where('segment', '=', segment)
    .execute();
  return new Set(rows.map(({ customer_id: id }) => id));
}

function nextPage(
  db: Db,
  cursor: string,
  segment: string | undefined,
): Promise<readonly { readonly id: string; readonly traits: JsonObject }[]> {
  return db
    .selectFrom('customers')
    .select(['id', 'traits'])
    .$if(segment !== undefined, (query) =>
      query.where((where) =>
        where.exists(
          where
            .selectFrom('segment_members as m')
            .select('m.segment')
            .whereRef('m.customer_id', '=', 'customers.id')
            .where('m.segment', '=', segment ?? ''),
        ),
      ),
    )
    .where('id', '>', cursor)
    .where('merged_into', 'is', null)
    .orderBy('id')
    .limit(PAGE_SIZE)
    .execute();
}
