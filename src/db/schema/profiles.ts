import type { ColumnType, Generated } from 'kysely';
import type { RoutingScope } from '../../domain/events/routing-scope';
import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export interface ProfileTables {
  customer_changes: {
    id: Generated<number>;
    customer_id: string;
    urgent: boolean;
    scope: RoutingScope;
    at: Time;
    error: ColumnType<string | null, undefined, string>;
  };
  profiles: {
    customer_id: string;
    computed: Jsonb<JsonObject>;
    lifecycle: string | null;
    mood: Jsonb<JsonObject | null>;
    context: Jsonb<JsonObject>;
    computed_at: MaybeTime;
    recompute_at: MaybeTime;
  };
  predictions: { customer_id: string; name: string; value: number; at: Time };
  segments: { name: string; hash: string; defined_at: Time; filled_at: MaybeTime };
  segment_members: { customer_id: string; segment: string; entered_at: Time };
  segment_backfill: {
    id: Generated<number>;
    definitions: string;
    cursor: string;
    backfilled_at: MaybeTime;
  };
}
