import type { ColumnType } from 'kysely';
import type { MaybeTime, Time } from './column-types';

export type EnrollmentStatus = 'active' | 'completed' | 'exited' | 'failed';

export interface EnrollmentTables {
  enrollments: {
    id: string;
    customer_id: string;
    journey: string;
    key: string;
    status: EnrollmentStatus;
    end_reason: string | null;
    trigger_event_id: string | null;
    subscriptions: ColumnType<string[], string[], string[]>;
    holdout: boolean;
    priority: number;
    entered_at: Time;
    entered_seq: number;
    starts_at: Time;
    goal_until: MaybeTime;
    goal_reached_at: MaybeTime;
    goal_event_id: string | null;
    paused_at: MaybeTime;
    ended_at: MaybeTime;
  };
  entry_refusals: {
    id: string;
    customer_id: string;
    journey: string;
    key: string;
    event_id: string | null;
    reason: string;
    opens_at: MaybeTime;
    at: Time;
  };
  journeys: { name: string; next_slot_at: MaybeTime };
}
