import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export interface EventTables {
  event_ids: { message_id: string; event_id: string; received_at: Time };
  events: {
    id: string;
    customer_id: string | null;
    seq: number | null;
    message_id: string;
    type: string;
    name: string;
    properties: Jsonb<JsonObject>;
    context: Jsonb<JsonObject>;
    about_message_id: string | null;
    occurred_at: Time;
    received_at: Time;
  };
  event_subscriptions: { name: string };
  quarantined_events: {
    id: string;
    message_id: string | null;
    type: string;
    payload: Jsonb<JsonObject>;
    reason: string;
    received_at: Time;
    replayed_at: MaybeTime;
  };
  event_totals: {
    month: Time;
    name: string;
    type: string;
    events: number;
    customers: number;
  };
}
