import type { KeyRole } from '../../domain/access/key-role';
import type { MaybeTime, Time } from './column-types';

export interface KeyTables {
  api_keys: {
    id: string;
    name: string;
    role: KeyRole;
    prefix: string;
    hash: string;
    replaces: string | null;
    created_at: Time;
    created_by: string;
    last_used_at: MaybeTime;
    expires_at: MaybeTime;
    revoked_at: MaybeTime;
  };
  imports: {
    id: string;
    kind: string;
    file: string;
    rows_total: number;
    rows_done: number;
    stored: number;
    duplicates: number;
    rejected: number;
    rejects_bytes: number;
    started_at: Time;
    updated_at: Time;
    finished_at: MaybeTime;
  };
}
