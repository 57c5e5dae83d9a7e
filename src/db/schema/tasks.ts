import type { JsonObject } from '../../domain/json';
import type { Jsonb, MaybeTime, Time } from './column-types';

export type TaskStatus = 'open' | 'claimed' | 'completed' | 'cancelled';

export interface TaskTables {
  tasks: {
    id: string;
    customer_id: string;
    enrollment_id: string;
    journey: string;
    kind: string;
    title: string;
    details: Jsonb<JsonObject>;
    status: TaskStatus;
    assignee: string | null;
    outcome: string | null;
    notes: string | null;
    due_at: MaybeTime;
    created_at: Time;
    claimed_at: MaybeTime;
    completed_at: MaybeTime;
  };
}
