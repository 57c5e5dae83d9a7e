import type { ConsentTables } from './consent';
import type { CustomerTables } from './customers';
import type { EnrollmentTables } from './enrollments';
import type { EventTables } from './events';
import type { ExperimentTables } from './experiments';
import type { KeyTables } from './keys';
import type { MeasurementTables } from './measurement';
import type { MessageTables } from './messages';
import type { OutboxTables } from './outbox';
import type { PrivacyTables } from './privacy';
import type { ProfileTables } from './profiles';
import type { TaskTables } from './tasks';

export { toJsonb } from './column-types';
export type { EnrollmentStatus } from './enrollments';
export type { DecisionOutcome, MessageStatus } from './messages';
export type { TaskStatus } from './tasks';

/** Every table, by module; the statements that create them are in `../migrations`. */
export interface Database
  extends
    CustomerTables,
    EventTables,
    EnrollmentTables,
    OutboxTables,
    ConsentTables,
    MessageTables,
    TaskTables,
    ExperimentTables,
    MeasurementTables,
    ProfileTables,
    PrivacyTables,
    KeyTables {}
