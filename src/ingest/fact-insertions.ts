import type { RawBuilder } from 'kysely';
import { insertOrderEvents } from '../db/stores/orders';
import { upsertReportedTouches } from '../db/stores/touches';
import { orderChangeOf } from '../domain/orders/order-event';
import { touchOf } from '../domain/touches/touch';
import type { StoredEvent } from '../events/stored-event';

/**
 * The insertions of the facts that events state, for the statement that stores the events: at most
 * one for orders and one for touches.
 */
export function factInsertions(events: readonly StoredEvent[]): readonly RawBuilder<unknown>[] {
  const orders = events.flatMap((event) => orderChangeOf(event) ?? []);
  const touches = events.flatMap((event) => touchOf(event) ?? []);
  return [
    ...(orders.length === 0 ? [] : [insertOrderEvents(orders)]),
    ...(touches.length === 0 ? [] : [upsertReportedTouches(touches)]),
  ];
}
