import type { ColumnType, Generated } from 'kysely';
import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export interface OutboxTables {
  outbox: {
    id: Generated<number>;
    lane: number;
    customer_id: string;
    enrollment_id: string;
    workflow_type: string;
    kind: 'start' | 'signal';
    payload: Jsonb<JsonObject>;
    created_at: Time;
    available_at: Time;
    attempts: ColumnType<number, number | undefined, number>;
    last_error: string | null;
    dead_lettered_at: MaybeTime;
  };
  relays: { owner: string; seen_until: Time };
  relay_lanes: {
    lane: number;
    owner: string | null;
    leased_until: MaybeTime;
  };
}
