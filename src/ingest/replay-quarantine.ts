import type { Db } from '../db/transaction';
import type { Clock } from '../domain/clock';
import type { CallType } from '../domain/events/tracking-call';
import { isJsonObject, type Json, type JsonObject } from '../domain/json';
import type { Ingest } from './ingest';

export interface ReplayResult {
  /** The number of events that were accepted now, or meanwhile under the same messageId. */
  readonly replayed: number;
  /** Events that still do not match their schema, each with its current reason. */
  readonly remaining: readonly {
    readonly id: string;
    readonly messageId: string | null;
    readonly reason: string;
  }[];
}

/** The number of events per transaction. */
const TOGETHER = 200;

/** The maximum number of remaining events in the result; the list of quarantined events has all. */
const MAX_REMAINING = 500;

/**
 * Validates quarantined events again, the oldest first. A valid event is accepted with its own
 * messageId and original time, so repeating a replay, for example after a crash, has no further
 * effect. An invalid event remains, with the current reason.
 *
 * @param ids only these; all if undefined
 */
export async function replayQuarantine(
  deps: { readonly db: Db; readonly ingest: Ingest; readonly clock: Clock },
  ids: readonly string[] | undefined,
): Promise<ReplayResult> {
  const remaining: { id: string; messageId: string | null; reason: string }[] = [];
  let replayed = 0;
  let cursor = '';
  for (;;) {
    const rows = await deps.db
      .selectFrom('quarantined_events')
      .select(['id', 'message_id', 'type', 'payload'])
      .where('replayed_at', 'is', null)
      .where('id', '>', cursor)
      .$if(ids !== undefined, (query) =>
        query.where('id', 'in', ids?.length === 0 ? [''] : [...(ids ?? [])]),
      )
      .orderBy('id')
      .limit(TOGETHER)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return { replayed, remaining };
    cursor = last.id;
    const result = await deps.ingest.accept(
      rows.map((row, index) => ({
        type: row.type as CallType,
        body: bodyOf(row.payload, row.message_id),
        index,
      })),
    );
    const reasons = new Map(
      [...result.errors, ...result.quarantined].map(({ index, message }) => [index, message]),
    );
    for (const [index, reason] of reasons) {
      const row = rows[index];
      if (row === undefined) continue;
      await setReason(deps.db, row.id, reason);
      if (remaining.length < MAX_REMAINING) {
        remaining.push({ id: row.id, messageId: row.message_id, reason });
      }
    }
    const fitting = rows.filter((_, index) => !reasons.has(index)).map(({ id }) => id);
    replayed += await markReplayed(deps.db, fitting, deps.clock.now());
  }
}

/** The stored call as a client would send it, so that it is processed like any other event. */
function bodyOf(payload: JsonObject, messageId: string | null): JsonObject {
  const { name, occurredAt, ...call } = payload;
  const context: Json = isJsonObject(call['context']) ? call['context'] : {};
  return {
    ...call,
    context,
    event: name,
    messageId,
    // Clock skew was corrected when the call was received, so sentAt is omitted.
    originalTimestamp: occurredAt,
  };
}

async function setReason(db: Db, id: string, reason: string): Promise<void> {
  await db
    .updateTable('quarantined_events')
    .set({ reason })
    .where('id', '=', id)
    .where('replayed_at', 'is', null)
    .execute();
}

async function markReplayed(db: Db, ids: readonly string[], now: Date): Promise<number> {
  if (ids.length === 0) return 0;
  const rows = await db
    .updateTable('quarantined_events')
    .set({ replayed_at: now })
    .where('id', 'in', [...ids])
    .where('replayed_at', 'is', null)
    .returning('id')
    .execute();
  return rows.length;
}
