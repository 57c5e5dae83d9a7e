import type { Json } from '../../domain/json';
import type { TraitFilter } from '../../domain/schedule/trait-filter';
import type { UpdateName } from '../../journey/protocol';

/** Inputs and results of the engine's system workflows. Inputs outlive deployments, hence `v`. */

/** The types of the system workflows: the names under which they are exported. */
export const BULK_OPERATION = 'bulkOperation';
export const SCHEDULE_TRIGGER = 'scheduleTrigger';
export const EXPIRE_CONSENTS = 'expireConsents';
export const ERASE_CUSTOMER = 'eraseCustomer';
export const ENFORCE_RETENTION = 'enforceRetention';
export const RECONCILE_ERASURES = 'reconcileErasures';

/** The task queue of the system workflows and their activities. */
export function systemQueue(taskQueue: string): string {
  return `${taskQueue}.system`;
}

export function operationWorkflowId(operationId: string): string {
  return `operation/${operationId}`;
}

export function scheduleWorkflowId(journey: string, number: number): string {
  return `schedule/${journey}/${number}`;
}

export function erasureWorkflowId(requestId: string): string {
  return `erase/${requestId}`;
}

/** Which enrollments of a journey an operation applies to; by default all active ones. */
export interface OperationFilter {
  readonly key?: string | undefined;
  /** ISO 8601. */
  readonly enteredBefore?: string | undefined;
  readonly enteredAfter?: string | undefined;
  readonly customerIds?: readonly string[] | undefined;
  readonly paused?: boolean | undefined;
}

export interface OperationInput {
  readonly v: 1;
  readonly operationId: string;
  readonly journey: string;
  readonly operation: UpdateName;
  readonly reason: string | null;
  readonly filter: OperationFilter;
  /** Enrollments that began later are excluded; milliseconds since 1970. */
  readonly askedAt: number;
}

/** The progress of an operation, stored in heartbeats, from which a retry resumes. */
export interface OperationProgress {
  /** The last enrollment that was processed. */
  readonly cursor: string;
  readonly done: number;
  /** Had ended, or could not apply the operation in its state. */
  readonly refused: number;
  readonly failed: number;
  /** The first hundred that were refused or failed, with the message. */
  readonly failures: readonly { readonly enrollmentId: string; readonly message: string }[];
}

export const NO_PROGRESS: OperationProgress = {
  cursor: '',
  done: 0,
  refused: 0,
  failed: 0,
  failures: [],
};

export interface ScheduleInput {
  readonly v: 1;
  readonly journey: string;
  readonly recurrence: string;
  readonly zone: string;
  readonly filter: TraitFilter;
  /** Absent for all customers. */
  readonly segment?: string;
  /** The last occurrence that was processed; null before the first. Milliseconds since 1970. */
  readonly after: number | null;
}

export interface Occurrences {
  /** The latest occurrence that is due and not processed. */
  readonly due: number | null;
  /** The next one; null if the rule has ended. */
  readonly next: number | null;
}

/** The result of one retention run. */
export interface RetentionResult {
  /** Months of events that were dropped, such as `2024-01`. */
  readonly droppedMonths: readonly string[];
  readonly emptiedMessages: number;
  readonly deletedInboxItems: number;
  readonly deletedQuarantined: number;
}

export interface ScheduledEntries {
  readonly seen: number;
  readonly entered: number;
  readonly refused: number;
}

export interface ErasureInput {
  readonly v: 1;
  readonly requestId: string;
  /** How long operations that were in flight when the erasure began may take. */
  readonly settleMs: number;
}

export interface SystemActivities {
  /** Ends the consents that have expired. */
  expireConsents(): Promise<{ readonly looked: number; readonly expired: number }>;
  /** Erases a customer, and waits until Temporal has deleted their workflows. */
  erase(input: {
    readonly requestId: string;
    /** Whether this is the last pass, which completes the request. */
    readonly last: boolean;
  }): Promise<{ readonly executions: number }>;
  /** Starts the erasures that have no running workflow; returns how many are not done. */
  reconcileErasures(): Promise<{ readonly open: number }>;
  /** Deletes what is older than the policy's retention periods. */
  enforceRetention(): Promise<RetentionResult>;
  operate(input: OperationInput): Promise<OperationProgress>;
  occurrences(input: {
    readonly recurrence: string;
    readonly zone: string;
    readonly after: number;
    readonly now: number;
  }): Promise<Occurrences>;
  enterScheduled(input: {
    readonly journey: string;
    readonly occurrence: number;
    readonly filter: TraitFilter;
    readonly segment?: string;
  }): Promise<ScheduledEntries>;
}

/** Identifies the declaration that a running schedule was started for. */
export function scheduleFingerprint(input: Omit<ScheduleInput, 'v' | 'after'>): string {
  const { journey, recurrence, zone, filter, segment } = input;
  const who = segment === undefined ? [] : [segment];
  return JSON.stringify([journey, recurrence, zone, sorted(filter as Json), ...who]);
}

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => [name, sorted(each)]);
}
