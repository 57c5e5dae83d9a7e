import type { ColumnType } from 'kysely';
import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export type PrivacyRequestKind = 'export' | 'erase';
/** `running`: the rows are erased, the executions in Temporal not all yet. */
export type PrivacyRequestStatus = 'open' | 'running' | 'done';

export interface PrivacyTables {
  privacy_requests: {
    id: string;
    customer_id: string;
    kind: PrivacyRequestKind;
    source: string;
    status: ColumnType<PrivacyRequestStatus, PrivacyRequestStatus | undefined>;
    requested_at: Time;
    done_at: MaybeTime;
    result: ColumnType<JsonObject, string | undefined, string>;
  };
  erased_opt_outs: { address_hash: string; channel: string; purpose: string; at: Time };
  audit_log: {
    id: string;
    at: Time;
    actor: string;
    role: string;
    action: string;
    customer_id: string | null;
    detail: Jsonb<JsonObject>;
  };
  payload_keys: { enrollment_id: string; wrapped: string; created_at: Time };
  retention_runs: {
    id: string;
    at: Time;
    kind: string;
    until: Time;
    detail: Jsonb<JsonObject>;
  };
}
