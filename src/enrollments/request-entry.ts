import { lockCurrentCustomer } from '../db/current-customer';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { enterAll } from './enrollment-batch';
import { allocateSequence } from '../events/event-sequence';
import { triggersOf, type JourneyIndex } from './journey-index';

export interface RequestedEntry {
  /** Idempotency key: the request takes effect once, however often it is sent. */
  readonly requestId: string;
  readonly customerId: string;
  readonly journey: string;
  readonly key: string;
  /** The properties of the event that the journey receives. */
  readonly data: JsonObject;
  readonly now: Date;
}

export interface EntryResult {
  readonly entered: boolean;
  readonly reason: string;
  readonly enrollmentId: string | null;
}

/**
 * Enrolls a customer at the request of a product system, an operator or another journey, under the
 * journey's own rules. The same `requestId` enrolls once; a request that was refused is checked
 * again when it is repeated.
 */
export async function requestEntry(
  tx: Tx,
  index: JourneyIndex,
  request: RequestedEntry,
): Promise<EntryResult> {
  const options = index.options(request.journey);
  if (options === undefined) return refused('unknown-journey');
  if (!triggersOf(options).some(({ kind }) => kind === 'request')) return refused('not-by-request');
  const customer = await lockCurrentCustomer(tx, request.customerId);
  if (customer === undefined) return refused('unknown-customer');

  const earlier = await tx
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', customer.id)
    .where('journey', '=', request.journey)
    .where('trigger_event_id', '=', request.requestId)
    .executeTakeFirst();
  if (earlier !== undefined) return { entered: true, reason: 'entered', enrollmentId: earlier.id };
  const [entry] = await enterAll(tx, [
    {
      customerId: customer.id,
      journey: request.journey,
      options,
      key: request.key,
      event: {
        id: request.requestId,
        name: 'Request',
        at: request.now.getTime(),
        properties: request.data,
      },
      eventId: request.requestId,
      seq: await allocateSequence(tx),
      now: request.now,
    },
  ]);
  return entry ?? refused('unknown-journey');
}

function refused(reason: string): EntryResult {
  return { entered: false, reason, enrollmentId: null };
}
