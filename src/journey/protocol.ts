import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { JournalEntry } from './journal';
import type { RoutedEvent } from './journey-event';

/** The payloads between the engine and a running journey. Each that outlives a deployment has a version `v`. */

/**
 * The one argument of every journey workflow. It does not repeat the journey and the enrollment,
 * which are the workflow's type and id.
 */
export interface EnrollmentStart {
  readonly v: 1;
  readonly customerId: string;
  readonly key: string;
  /** The event that started the enrollment; null for schedules. */
  readonly event: RoutedEvent | null;
  /** The event subscriptions at entry, whatever the deployed code declares later. */
  readonly listens: readonly string[];
  /** The state of the previous run, when the enrollment continues as new. */
  readonly carried?: CarriedState;
}

export interface CarriedState {
  readonly journal: readonly JournalEntry[];
  readonly unread: readonly RoutedEvent[];
  readonly latest: readonly RoutedEvent[];
  readonly lastSeq: number;
  readonly listens: readonly string[];
  /** The activity log. */
  readonly log: readonly string[];
  /** The current customer, if the original one was merged into another. */
  readonly customerId?: string;
}

/** One item that routing sends to a journey; `seq` increases in the order of receipt. */
export interface RoutedItem {
  readonly seq: number;
  readonly effect: 'event' | 'goal' | 'exit' | 'traits' | 'moved';
  readonly event?: RoutedEvent;
  readonly reason?: string;
  /** The customer into whom the enrollment's customer was merged. */
  readonly customerId?: string;
  /** Names of traits that changed; their values stay in Postgres. */
  readonly traits?: readonly string[];
  /** A dead letter that an operator retried, so its seq may be old. */
  readonly late?: true;
}

export interface RoutedSignal {
  readonly v: 1;
  readonly items: readonly RoutedItem[];
}

/** The search attribute that holds the customer id of an enrollment's workflow. */
export const CUSTOMER_ATTRIBUTE = defineSearchAttributeKey(
  'ThroughlineCustomer',
  SearchAttributeType.KEYWORD,
);

export const ROUTED_SIGNAL = 'routed';
export const STATUS_QUERY = 'status';
export const UPDATES = ['pause', 'resume', 'skipWait', 'exit'] as const;
export type UpdateName = (typeof UPDATES)[number];

/** The answer to the `status` query. */
export interface EnrollmentRunStatus {
  readonly enrollmentId: string;
  readonly customerId: string;
  readonly key: string;
  readonly state: 'running' | 'waiting' | 'paused' | 'ended';
  /** A description of the current wait. */
  readonly waitingFor: string | null;
  /** When the wait times out, ISO 8601. */
  readonly until: string | null;
  /** The activity log: its latest lines, the newest last. */
  readonly told: readonly string[];
}

/** The workflow's result. */
export interface EnrollmentResult {
  readonly status: 'completed' | 'exited' | 'failed';
  readonly reason: string;
}

export function workflowIdOf(journey: string, enrollmentId: string): string {
  return `${journey}/${enrollmentId}`;
}

/** The enrollment id in the id of a journey workflow. */
export function enrollmentIdIn(workflowId: string): string {
  return workflowId.slice(workflowId.lastIndexOf('/') + 1);
}

/** The task queue on which the deliveries of one provider run. */
export function deliveryQueue(taskQueue: string, channel: string, provider: string): string {
  return `${taskQueue}.${channel}.${provider}`;
}
