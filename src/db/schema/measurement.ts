import type { AssignmentKind } from '../../domain/experiments/exposure';
import type { OrderEvent } from '../../domain/orders/order-event';
import type { TouchOutcome } from '../../domain/touches/touch';
import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export interface MeasurementTables {
  /** All columns but the first three and `events` are derived from `events` by a trigger. */
  orders: {
    customer_id: string;
    key: string;
    order_id: string | null;
    /** When it was completed first; null while only other events of it are known. */
    completed_at: MaybeTime;
    completed_seq: number | null;
    completed_event_id: string | null;
    /** When that event was received. */
    received_at: MaybeTime;
    amount: number | null;
    tax: number | null;
    shipping: number | null;
    discount: number | null;
    /** ISO 4217. */
    currency: string | null;
    /** The number of lines of the order, and of articles in them. */
    items: number | null;
    quantity: number | null;
    /** ISO 3166-1 alpha-2. */
    country: string | null;
    refunded: number;
    refunded_at: MaybeTime;
    cancelled_at: MaybeTime;
    /** Whether it is completed, and neither cancelled nor refunded in full. */
    counts: boolean;
    events: Jsonb<readonly OrderEvent[]>;
  };
  /** One row per decision and arm that its journey's body obtained before it. */
  exposures: {
    decision_id: string;
    kind: AssignmentKind;
    experiment: string;
    arm: string;
    propensity: number;
    customer_id: string;
    enrollment_id: string;
    journey: string;
    step: number;
    template: string;
    country: string | null;
    at: Time;
  };
  /** One row per message and outcome. */
  touches: {
    message_id: string;
    outcome: TouchOutcome;
    /** When it happened first; of opens, first by a person if there was one. */
    at: Time;
    /** Whether only machines opened it, such as a mail proxy; null if unknown. */
    machine: boolean | null;
    customer_id: string;
    enrollment_id: string;
    journey: string;
    step: number;
    purpose: string;
    template: string;
    variant: Jsonb<JsonObject>;
    channel: string;
    provider: string | null;
    country: string | null;
  };
}
