import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { JournalEntry } from './journal';
import type { RoutedEvent } from './journey-event';

/**
 * What travels between the engine and a running journey. Each payload that outlives a deployment
 * carries a version `v`.
 */

/**
 * The one argument of every journey workflow. What the workflow's type and id say (the journey, the
 * enrollment) is not said again, since all of it stays in Temporal; version 1 did.
 */
export interface EnrollmentStart {
  readonly v: 2;
  readonly customerId: string;
  readonly key: string;
  /** The event that let the customer in; null for schedules. */
  readonly event: RoutedEvent | null;
  /** The events that routing has been asked for at the entry, whatever the code says later. */
  readonly listens: readonly string[];
  /** What an earlier run of the same enrollment hands over when it continues as new. */
  readonly carried?: CarriedState;
}

export interface CarriedState {
  readonly journal: readonly JournalEntry[];
  readonly unread: readonly RoutedEvent[];
  readonly latest: readonly RoutedEvent[];
  readonly lastSeq: number;
  readonly listens: readonly string[];
  readonly told: readonly string[];
  /** Whose the enrollment run is, where it is not the one's any more with whom it began. */
  readonly customerId?: string;
}

/** One thing that routing tells a journey; `seq` rises with the order in which it was received. */
export interface RoutedItem {
  readonly seq: number;
  readonly effect: 'event' | 'goal' | 'exit' | 'traits' | 'moved';
  readonly event?: RoutedEvent;
  readonly reason?: string;
  /** Whose the enrollment run is from now on; its customer turned out to be another one. */
  readonly customerId?: string;
  /** Names of traits that changed; their values stay in Postgres. */
  readonly traits?: readonly string[];
  /** Sent again by an operator after it had been parked, so its seq may be old. */
  readonly late?: true;
}

export interface RoutedSignal {
  readonly v: 1;
  readonly items: readonly RoutedItem[];
}

/** By which search attribute an enrollment's workflow is found by its customer. */
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
  /** What it waits for, in words. */
  readonly waitingFor: string | null;
  /** When the wait ends by itself, ISO 8601. */
  readonly until: string | null;
  /** The enrollment run so far, a line a step. */
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

/** The enrollment that a workflow of ours runs. */
export function enrollmentIdIn(workflowId: string): string {
  return workflowId.slice(workflowId.lastIndexOf('/') + 1);
}

/** The task queue on which the deliveries of one channel run. */
export function deliveryQueue(taskQueue: string, channel: string): string {
  return `${taskQueue}.${channel}`;
}
