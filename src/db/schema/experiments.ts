import type { AssignmentKind } from '../../domain/experiments/exposure';
import type { Time } from './column-types';

export interface ExperimentTables {
  assignments: {
    customer_id: string;
    kind: AssignmentKind;
    experiment: string;
    arm: string;
    propensity: number;
    hash_version: number;
    assigned_at: Time;
    enrollment_id: string | null;
    journey: string | null;
  };
}
