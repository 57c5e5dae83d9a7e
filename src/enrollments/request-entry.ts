import { lockCurrentCustomer } from '../db/current-customer';
import type { Tx } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { enterOne } from './enrollment-batch';
import { allocateSequence } from '../events/event-sequence';
import { triggersOf, type JourneyIndex } from './journey-index';

export interface EntryAsked {
  /** Makes the request take effect once, however often it comes. */
  readonly requestId: string;
  readonly customerId: string;
  readonly journey: string;
  readonly key: string;
  /** Becomes the properties of the event that the journey sees. */
  readonly data: JsonObject;
  readonly now: Date;
}

export interface EntryAnswer {
  readonly entered: boolean;
  readonly reason: string;
  readonly enrollmentId: string | null;
}

/**
 * Enrolls a customer because a product system, an operator or another journey asks for it, under
 * the journey's own rules. The same `requestId` lets in once; one that was refused is weighed again.
 */
export async function requestEntry(
  tx: Tx,
  index: JourneyIndex,
  asked: EntryAsked,
): Promise<EntryAnswer> {
  const options = index.options(asked.journey);
  if (options === undefined) return refused('unknown-journey');
  if (!triggersOf(options).some(({ kind }) => kind === 'request')) return refused('not-by-request');
  const customer = await lockCurrentCustomer(tx, asked.customerId);
  if (customer === undefined) return refused('unknown-customer');

  const before = await tx
    .selectFrom('enrollments')
    .select('id')
    .where('customer_id', '=', customer.id)
    .where('journey', '=', asked.journey)
    .where('trigger_event_id', '=', asked.requestId)
    .executeTakeFirst();
  if (before !== undefined) return { entered: true, reason: 'entered', enrollmentId: before.id };
  const { entered, reason, enrollmentId } = await enterOne(tx, {
    customerId: customer.id,
    journey: asked.journey,
    options,
    key: asked.key,
    event: {
      id: asked.requestId,
      name: 'Request',
      at: asked.now.getTime(),
      properties: asked.data,
    },
    eventId: asked.requestId,
    seq: await allocateSequence(tx),
    now: asked.now,
  });
  return { entered, reason, enrollmentId };
}

function refused(reason: string): EntryAnswer {
  return { entered: false, reason, enrollmentId: null };
}
