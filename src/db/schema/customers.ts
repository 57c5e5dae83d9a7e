import type { ColumnType } from 'kysely';
import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export interface CustomerTables {
  customers: {
    id: string;
    traits: Jsonb<JsonObject>;
    time_zone: string | null;
    locale: string | null;
    merged_into: string | null;
    created_at: Time;
    updated_at: Time;
    erased_at: MaybeTime;
  };
  identifiers: {
    kind: string;
    value: string;
    customer_id: string;
    secondary: ColumnType<boolean, boolean | undefined, boolean>;
    created_at: Time;
  };
  merges: {
    id: string;
    survivor_id: string;
    merged_id: string;
    cause: string;
    event_id: string | null;
    moved: Jsonb<JsonObject>;
    at: Time;
  };
}
