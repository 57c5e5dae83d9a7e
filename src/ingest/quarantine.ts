import { newId } from '../db/new-id';
import { toJsonb } from '../db/schema';
import type { Tx } from '../db/transaction';
import type { TrackingCall } from '../domain/events/tracking-call';
import type { z } from 'zod';

/**
 * Why an event does not match the schema that the catalogue declares for its name; undefined if it
 * matches, or if the catalogue does not declare the name.
 */
export function misfit(
  call: TrackingCall,
  schemas: Readonly<Record<string, z.ZodType>>,
): string | undefined {
  if (call.type !== 'track') return undefined;
  const schema = Object.hasOwn(schemas, call.name) ? schemas[call.name] : undefined;
  const parsed = schema?.safeParse(call.properties);
  if (parsed === undefined || parsed.success) return undefined;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => {
    return `${['properties', ...issue.path].join('.')}: ${issue.message}`;
  });
  return `The properties do not fit the declared event '${call.name}': ${issues.join('; ')}.`;
}

/** The reason that is reported for a quarantined event. */
export function quarantineReason(misfitted: string): string {
  return `${misfitted} The event is kept in quarantine; fix the sender or the declaration, then replay it.`;
}

export interface Quarantined {
  readonly call: TrackingCall;
  readonly messageId: string;
  readonly reason: string;
}

/** Stores events in quarantine with the reason, once per messageId. */
export async function quarantine(
  tx: Tx,
  items: readonly Quarantined[],
  receivedAt: Date,
): Promise<void> {
  if (items.length === 0) return;
  const sorted = items.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1));
  await tx
    .insertInto('quarantined_events')
    .values(
      sorted.map(({ call, messageId, reason }) => ({
        id: newId(),
        message_id: messageId,
        type: call.type,
        payload: toJsonb({ ...call, occurredAt: call.occurredAt.toISOString() }),
        reason,
        received_at: receivedAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('message_id').where('replayed_at', 'is', null).doNothing(),
    )
    .execute();
}
