import type { Db } from '../db/transaction';
import type { Clock } from '../domain/clock';
import type { CallType } from '../domain/events/tracking-call';
import { isJsonObject, type Json, type JsonObject } from '../domain/json';
import type { Ingest } from './ingest';

export interface ReplayResult {
  /** Events that fit now and were accepted, or had been accepted under their messageId meanwhile. */
  readonly replayed: number;
  /** Events that still do not fit, each with its present reason. */
  readonly remaining: readonly {
    readonly id: string;
    readonly messageId: string | null;
    readonly reason: string;
  }[];
}

/** Events that are judged and accepted in one transaction. */
const TOGETHER = 200;

/** The most remaining events that are listed; all are counted by the list of quarantined events. */
const MAX_REMAINING = 500;

/**
 * Judges quarantined events anew, the oldest first. One that fits is accepted under its own
 * messageId and at its original time, so a replay that is repeated, also after a crash, has its
 * effect once. One that does not stays, with the reason that holds now.
 *
 * @param ids only these; all where not given
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

/** The stored call as a client would send it, so that it goes the way of every other event. */
function bodyOf(payload: JsonObject, messageId: string | null): JsonObject {
  const { name, occurredAt, ...call } = payload;
  const context: Json = isJsonObject(call['context']) ? call['context'] : {};
  return {
    ...call,
    context,
    event: name,
    messageId,
    // Skew was corrected when it was received, so there is no sentAt any more.
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
