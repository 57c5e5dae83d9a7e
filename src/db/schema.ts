import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ChannelKind } from '../domain/channel-kind';
import type { KeyRole } from '../domain/access/key-role';
import type { ConsentState } from '../domain/consent/consent';
import type { RoutingScope } from '../domain/events/routing-scope';
import type { Json, JsonObject } from '../domain/json';
import type { MessageContent } from '../domain/message-content';

/** A jsonb column: read as parsed, written as text made by `toJsonb`. */
type Jsonb<T extends object | null> = JSONColumnType<T, string | null, string | null>;
type Time = ColumnType<Date, Date, Date>;
type MaybeTime = ColumnType<Date | null, Date | null | undefined, Date | null>;

export type EnrollmentStatus = 'active' | 'completed' | 'exited' | 'failed';
export type DecisionOutcome = 'send' | 'skip' | 'defer';
export type MessageStatus =
  'decided' | 'sending' | 'sent' | 'delivered' | 'bounced' | 'failed' | 'suppressed' | 'unknown';
export type PrivacyRequestKind = 'export' | 'erase';
/** `running`: the rows are erased, what Temporal holds not yet in full. */
export type PrivacyRequestStatus = 'open' | 'running' | 'done';
export type TaskStatus = 'open' | 'claimed' | 'completed' | 'cancelled';

export interface Database {
  customers: {
    id: string;
    traits: Jsonb<JsonObject>;
    time_zone: string | null;
    locale: string | null;
    merged_into: string | null;
    created_at: Time;
    updated_at: Time;
    erased_at: MaybeTime;
  };
  identifiers: {
    kind: string;
    value: string;
    customer_id: string;
    joined: ColumnType<boolean, boolean | undefined, boolean>;
    created_at: Time;
  };
  merges: {
    id: string;
    survivor_id: string;
    merged_id: string;
    cause: string;
    event_id: string | null;
    moved: Jsonb<JsonObject>;
    at: Time;
  };
  event_ids: { message_id: string; event_id: string; received_at: Time };
  events: {
    id: string;
    customer_id: string | null;
    seq: number | null;
    message_id: string;
    type: string;
    name: string;
    properties: Jsonb<JsonObject>;
    context: Jsonb<JsonObject>;
    about_message_id: string | null;
    occurred_at: Time;
    received_at: Time;
  };
  event_subscriptions: { name: string };
  quarantined_events: {
    id: string;
    message_id: string | null;
    type: string;
    payload: Jsonb<JsonObject>;
    reason: string;
    received_at: Time;
    replayed_at: MaybeTime;
  };
  enrollments: {
    id: string;
    customer_id: string;
    journey: string;
    key: string;
    status: EnrollmentStatus;
    end_reason: string | null;
    trigger_event_id: string | null;
    listens: ColumnType<string[], string[], string[]>;
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
  outbox: {
    id: Generated<number>;
    lane: number;
    customer_id: string;
    enrollment_id: string;
    workflow_type: string;
    kind: 'start' | 'signal';
    payload: Jsonb<JsonObject>;
    created_at: Time;
    available_at: Time;
    attempts: ColumnType<number, number | undefined, number>;
    last_error: string | null;
    dead_lettered_at: MaybeTime;
  };
  relays: { owner: string; seen_until: Time };
  relay_lanes: {
    lane: number;
    owner: string | null;
    leased_until: MaybeTime;
  };
  consents: {
    customer_id: string;
    channel: string;
    purpose: string;
    state: ConsentState;
    at: Time;
  };
  consent_ledger: {
    id: string;
    customer_id: string;
    channel: string;
    purpose: string;
    state: ConsentState;
    source: string;
    /** The version of the words that the customer agreed to. */
    wording: string | null;
    proof: Jsonb<JsonObject>;
    /** When the customer said so. */
    at: Time;
    /** When it was written down here; null in entries from before this was kept. */
    recorded_at: MaybeTime;
  };
  customer_preferences: {
    customer_id: string;
    preferences: Jsonb<JsonObject>;
    updated_at: Time;
  };
  inbound_messages: {
    channel: string;
    id: string;
    answer: Jsonb<object>;
    received_at: Time;
  };
  soft_bounces: {
    message_id: string;
    customer_id: string;
    channel: string;
    address: string;
    at: Time;
  };
  suppressions: {
    channel: string;
    address: string;
    reason: string;
    message_id: string | null;
    at: Time;
  };
  decisions: {
    id: string;
    customer_id: string;
    enrollment_id: string;
    journey: string;
    step: number;
    template: string;
    purpose: string;
    priority: string;
    outcome: DecisionOutcome;
    reason: string;
    channel: ChannelKind | null;
    candidates: Jsonb<object>;
    basis: Jsonb<JsonObject>;
    variant: Jsonb<JsonObject>;
    tags: ColumnType<string[], string[], string[]>;
    cost: number | null;
    value: number | null;
    probability: number | null;
    deferrals: Jsonb<object>;
    next_at: MaybeTime;
    first_at: Time;
    decided_at: Time;
  };
  messages: {
    id: string;
    decision_id: string;
    customer_id: string;
    enrollment_id: string;
    journey: string;
    step: number;
    template: string;
    variant: Jsonb<JsonObject>;
    tags: ColumnType<string[], string[], string[]>;
    purpose: string;
    channel: ChannelKind;
    provider: string | null;
    address: string;
    content: Jsonb<MessageContent>;
    status: MessageStatus;
    attempts: ColumnType<number, number | undefined, number>;
    provider_message_id: string | null;
    error: string | null;
    cost: number;
    repeated: ColumnType<boolean, boolean | undefined, boolean>;
    decided_at: Time;
    sent_at: MaybeTime;
    delivered_at: MaybeTime;
    opened_at: MaybeTime;
    clicked_at: MaybeTime;
  };
  delivery_attempts: {
    message_id: string;
    attempt: number;
    provider: string;
    worker: string;
    repeat: boolean;
    started_at: Time;
    ended_at: MaybeTime;
    outcome: string | null;
    response: string | null;
  };
  inbox_items: {
    id: string;
    customer_id: string;
    title: string;
    body: string;
    url: string | null;
    created_at: Time;
    read_at: MaybeTime;
  };
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
  assignments: {
    customer_id: string;
    experiment: string;
    arm: string;
    propensity: number;
    hash_version: number;
    assigned_at: Time;
    enrollment_id: string | null;
    journey: string | null;
  };
  customer_changes: {
    id: Generated<number>;
    customer_id: string;
    urgent: boolean;
    scope: RoutingScope;
    at: Time;
    error: ColumnType<string | null, undefined, string>;
  };
  profiles: {
    customer_id: string;
    computed: Jsonb<JsonObject>;
    lifecycle: string | null;
    mood: Jsonb<JsonObject | null>;
    context: Jsonb<JsonObject>;
    computed_at: MaybeTime;
    reconsider_at: MaybeTime;
  };
  predictions: { customer_id: string; name: string; value: number; at: Time };
  segments: { name: string; hash: string; defined_at: Time; filled_at: MaybeTime };
  segment_members: { customer_id: string; segment: string; entered_at: Time };
  segment_backfill: {
    id: Generated<number>;
    definitions: string;
    cursor: string;
    backfilled_at: MaybeTime;
  };
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
  event_totals: {
    month: Time;
    name: string;
    type: string;
    events: number;
    customers: number;
  };
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

/** Serialises a value for a jsonb column; pg would otherwise write an array as a Postgres array. */
export function toJsonb(value: Json | object): string {
  return JSON.stringify(value);
}
