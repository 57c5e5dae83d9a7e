import type { ChannelKind } from '../domain/channels/channel-kind';
import type { Assignment } from '../domain/experiments/assign';
import type { AssignmentKind, Exposure } from '../domain/experiments/exposure';
import type { JsonObject } from '../domain/json';
import type { RoutedEvent } from './journey-event';

/**
 * The local activities that a running journey calls. They run in the worker that runs the workflow
 * and cost one history event each; their inputs are not in the history. All are idempotent, because
 * any of them may run again after a crash.
 */
export interface EngineActivities {
  /** Decides, and delivers inline if the provider answers quickly. */
  send(input: SendInput): Promise<SendResult>;
  withdraw(input: WithdrawInput): Promise<void>;
  subscribe(input: SubscribeInput): Promise<readonly RoutedEvent[]>;
  close(input: CloseInput): Promise<void>;
  setPaused(input: { enrollmentId: string; pausedAt: number | null }): Promise<void>;
  resolveMoment(input: ResolveMomentInput): Promise<number | null>;
  assign(input: AssignInput): Promise<Assignment>;
  readTraits(input: { customerId: string }): Promise<JsonObject>;
  inSegment(input: { customerId: string; segment: string; now: number }): Promise<boolean>;
  setTraits(input: JourneyWrite & { traits: JsonObject }): Promise<void>;
  track(input: JourneyWrite & { event: string; properties: JsonObject }): Promise<void>;
  enroll(
    input: JourneyWrite & { journey: string; key: string; data: JsonObject },
  ): Promise<{ entered: boolean; reason: string }>;
  openTask(input: OpenTaskInput): Promise<{ taskId: string | null; reason: string }>;
  cancelTask(input: { taskId: string; at: number }): Promise<void>;
}

/** Runs on the task queue of its provider, which has the provider's rate limit. */
export interface DeliveryActivities {
  /** @param after when the next attempt may begin, after an inline attempt */
  deliver(messageId: string, after?: DeliverAfter): Promise<DeliverResult | NextProvider>;
}

export interface SendInput {
  readonly decisionId: string;
  readonly enrollmentId: string;
  readonly customerId: string;
  readonly journey: string;
  readonly step: number;
  readonly template: string;
  readonly purpose: string;
  readonly via: readonly string[];
  readonly props: JsonObject;
  readonly priority: 'high' | 'normal' | 'low';
  readonly value: number | null;
  readonly tags: readonly string[];
  readonly aboutEventId: string | null;
  /** The arms that the body has obtained since its last send. */
  readonly exposures: readonly Exposure[];
  /** The journey's clock, milliseconds since 1970. */
  readonly now: number;
  /** The step fell due during a pause, and the journey's policy is to skip such steps. */
  readonly overdue: boolean;
}

export type SendResult =
  | {
      readonly do: 'send';
      readonly messageId: string;
      readonly channel: ChannelKind;
      /** The provider that makes the next attempt. */
      readonly provider: string;
      /** The result of the first attempt, if the process that decided has completed it. */
      readonly delivered?: DeliverResult;
      /** When the next attempt may begin, if the first one failed or is in flight. */
      readonly after?: DeliverAfter;
    }
  | { readonly do: 'skip'; readonly reason: string }
  | { readonly do: 'defer'; readonly until: number; readonly reason: string };

/** Times are in milliseconds since 1970. */
export type DeliverAfter =
  /** The first attempt failed, and the next one is due then. */
  | { readonly notBefore: number }
  /** The inline attempt is in flight in the process that decided; after this time it counts as interrupted. */
  | { readonly underWayUntil: number };

export type DeliverResult =
  { readonly status: 'sent' } | { readonly status: 'failed' | 'unknown'; readonly reason: string };

/** Another provider of the chain makes the next attempt. */
export interface NextProvider {
  readonly status: 'next';
  readonly provider: string;
  readonly after?: DeliverAfter;
}

export interface WithdrawInput {
  readonly messageId: string;
  readonly reason: string;
  readonly at: number;
}

export interface SubscribeInput {
  readonly enrollmentId: string;
  readonly customerId: string;
  readonly names: readonly string[];
}

export interface CloseInput {
  readonly enrollmentId: string;
  readonly status: 'completed' | 'exited' | 'failed';
  readonly reason: string;
  readonly at: number;
}

export type ResolveMomentInput = { readonly customerId: string; readonly now: number } & (
  | { readonly time: string; readonly weekday: string | null; readonly zone: string | null }
  | { readonly trait: string }
);

export interface AssignInput {
  readonly customerId: string;
  readonly enrollmentId: string;
  readonly journey: string;
  readonly kind: AssignmentKind;
  readonly name: string;
  readonly now: number;
}

/** A write that a journey makes; `id` makes it take effect once. */
export interface JourneyWrite {
  readonly id: string;
  readonly customerId: string;
  readonly enrollmentId: string;
  readonly now: number;
}

export interface OpenTaskInput extends JourneyWrite {
  readonly journey: string;
  readonly kind: string;
  readonly title: string;
  readonly details: JsonObject;
  readonly dueAt: number | null;
}
