import type { ColumnType } from 'kysely';
import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { DecisionPolicy } from '../../domain/decision/policy';
import type { ReasonCode } from '../../domain/decision/reason-codes';
import type { JsonObject } from '../../domain/json';
import type { MessageContent } from '../../domain/channels/message-content';
import type { Jsonb, MaybeTime, Time } from './column-types';

export type DecisionOutcome = 'send' | 'skip' | 'defer';
export type MessageStatus =
  'decided' | 'sending' | 'sent' | 'delivered' | 'bounced' | 'failed' | 'suppressed' | 'unknown';

type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

export interface MessageTables {
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
    reason: ReasonCode;
    channel: ChannelKind | null;
    candidates: Jsonb<object>;
    /** The facts that the decision was made on, by domain/decision/facts.ts; empty after an erasure. */
    basis: Jsonb<JsonObject>;
    /** The policy that it was made under. */
    policy_version: string | null;
    variant: Jsonb<JsonObject>;
    tags: ColumnType<string[], string[], string[]>;
    cost: number | null;
    value: number | null;
    probability: number | null;
    /** The customer's country, ISO 3166-1 alpha-2. */
    country: Optional<string>;
    deferrals: Jsonb<object>;
    next_at: MaybeTime;
    first_at: Time;
    decided_at: Time;
  };
  policies: { version: string; policy: Jsonb<DecisionPolicy>; stored_at: Time };
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
    /** The customer's country when it was decided, ISO 3166-1 alpha-2. */
    country: Optional<string>;
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
  suppressions: {
    channel: string;
    address: string;
    reason: string;
    message_id: string | null;
    at: Time;
  };
  soft_bounces: {
    message_id: string;
    customer_id: string;
    channel: string;
    address: string;
    at: Time;
  };
  inbound_messages: {
    channel: string;
    id: string;
    answer: Jsonb<object>;
    received_at: Time;
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
}
