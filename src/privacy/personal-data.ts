import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../db/schema';
import { MEASUREMENT_TABLES } from './measurement-data';
import {
  emptyObject,
  emptyText,
  nothing,
  pseudonym,
  type Found,
  type TableRule,
  type Value,
} from './table-rule';

/** A text of another author is kept unless it mentions the person. */
function unlessPersonal(column: string): Value {
  return ({ strings }) => sql`
    case when exists (
      select from unnest(${strings}::text[]) as s where strpos(lower(${sql.ref(column)}), s) > 0)
    then 'erased' else ${sql.ref(column)} end`;
}

/** What monthly revenue is computed from: numbers and their currency. */
const moneyOnly: Value = () => sql`
  coalesce((
    select jsonb_object_agg(key, value) from jsonb_each(properties)
    where (jsonb_typeof(value) = 'number' and key in (
        'total', 'revenue', 'value', 'subtotal', 'shipping', 'tax', 'discount'))
      or (key = 'currency' and value #>> '{}' ~ '^[A-Z]{3}$')), '{}')`;

const messagesOf = (customers: readonly string[]) =>
  sql`select id from messages where customer_id = any(${customers}::text[])`;

/**
 * Every table with data about customers: what an export contains of it, and what an erasure leaves. A
 * table or column that is missing here does not compile, so whoever adds one decides.
 *
 * The order is that of the erasure: rows that are found through others come before them.
 */
export const PERSONAL_TABLES: { readonly [T in PersonalTable]: TableRule<T> } = {
  // Senders choose the message ids, so they may identify the person.
  event_ids: {
    of: (customers) => sql`
      message_id in (select message_id from events where customer_id = any(${customers}::text[]))`,
    key: ['message_id'],
    erasure: 'delete',
  },
  // Without it, nobody can read the payloads that a backup of Temporal may contain.
  payload_keys: {
    of: (customers) => sql`
      enrollment_id in (select id from enrollments where customer_id = any(${customers}::text[]))`,
    key: ['enrollment_id'],
    exported: false,
    erasure: 'delete',
  },
  delivery_attempts: {
    of: (customers) => sql`message_id in (${messagesOf(customers)})`,
    key: ['message_id', 'attempt'],
    erasure: {
      message_id: 'stays',
      attempt: 'stays',
      provider: 'stays',
      worker: 'stays',
      repeat: 'stays',
      started_at: 'stays',
      ended_at: 'stays',
      outcome: 'stays',
      response: nothing, // a provider quotes addresses
    },
  },
  quarantined_events: {
    of: (customers) => sql`(
      payload ->> 'userId' in (
        select value from identifiers
        where kind = 'user_id' and customer_id = any(${customers}::text[]))
      or payload ->> 'anonymousId' in (
        select value from identifiers
        where kind = 'anonymous_id' and customer_id = any(${customers}::text[])))`,
    key: ['id'],
    erasure: 'by hand',
  },
  suppressions: {
    of: (customers) => sql`
      address in (
        select lower(address) from messages where customer_id = any(${customers}::text[])
        union select lower(trim(t.value)) from customers c
          cross join jsonb_each_text(c.traits) as t where c.id = any(${customers}::text[]))`,
    key: ['channel', 'address'],
    erasure: 'by hand',
  },
  outbox: { key: ['id'], exported: false, erasure: 'by hand' },
  events: {
    key: ['seq'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      seq: 'stays',
      message_id: () => sql`'erased:' || id`,
      type: 'stays',
      name: ({ names }) => sql`case when name = any(${names}::text[]) then 'erased' else name end`,
      properties: moneyOnly,
      context: emptyObject,
      about_message_id: 'stays',
      occurred_at: 'stays',
      received_at: 'stays',
    },
  },
  entry_refusals: {
    key: ['id'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      journey: 'stays',
      key: emptyText,
      event_id: nothing,
      reason: 'stays',
      opens_at: nothing,
      at: 'stays',
    },
  },
  messages: {
    key: ['id'],
    erasure: {
      id: 'stays',
      decision_id: 'stays',
      customer_id: pseudonym,
      enrollment_id: 'stays',
      journey: 'stays',
      step: 'stays',
      template: 'stays',
      variant: 'stays',
      tags: 'stays',
      purpose: 'stays',
      channel: 'stays',
      provider: 'stays',
      address: emptyText,
      content: emptyObject,
      // A message that waits for its first or next attempt is not sent.
      status: () => sql`case when status = 'decided' then 'failed' else status end`,
      attempts: 'stays',
      provider_message_id: nothing,
      // The code is kept; the text after it is the provider's.
      error: () => sql`
        case when status = 'decided' then 'erased'
          when error ~ '^(refused|suppressed):' then split_part(error, ':', 1)
          when error ~ '^[a-z-]+$' then error end`,
      cost: 'stays',
      country: 'stays',
      repeated: 'stays',
      decided_at: 'stays',
      sent_at: 'stays',
      delivered_at: 'stays',
      opened_at: 'stays',
      clicked_at: 'stays',
    },
  },
  decisions: {
    key: ['id'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      enrollment_id: 'stays',
      journey: 'stays',
      step: 'stays',
      template: 'stays',
      purpose: 'stays',
      priority: 'stays',
      outcome: 'stays',
      reason: 'stays',
      channel: 'stays',
      candidates: () => sql`
        coalesce((select jsonb_agg(jsonb_build_object('channel', c -> 'channel',
            'verdict', c -> 'verdict', 'cost', c -> 'cost'))
          from jsonb_array_elements(candidates) as c), '[]')`,
      basis: emptyObject,
      policy_version: 'stays',
      variant: 'stays',
      tags: 'stays',
      cost: 'stays',
      value: 'stays',
      probability: 'stays',
      country: 'stays',
      deferrals: () => sql`'[]'::jsonb`,
      next_at: nothing,
      first_at: 'stays',
      decided_at: 'stays',
    },
  },
  ...MEASUREMENT_TABLES,
  tasks: {
    key: ['id'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      enrollment_id: 'stays',
      journey: 'stays',
      kind: 'stays',
      title: emptyText,
      details: emptyObject,
      status: () => sql`case when status in ('open', 'claimed') then 'cancelled' else status end`,
      assignee: unlessPersonal('assignee'),
      outcome: unlessPersonal('outcome'),
      notes: nothing,
      due_at: nothing,
      created_at: 'stays',
      claimed_at: 'stays',
      completed_at: ({ now }) => sql`
        case when status in ('open', 'claimed') then ${now} else completed_at end`,
    },
  },
  enrollments: {
    key: ['id'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      journey: 'stays',
      key: emptyText,
      status: () => sql`case when status = 'active' then 'exited' else status end`,
      // The engine's own texts are kept; those of operators and journeys may identify the person.
      end_reason: () => sql`
        case when status = 'active' then 'erased'
          when end_reason ~ '^(finished|opted-out|operator|cancelled|merged|erased|crash)$'
            or end_reason ~ '^(goal|exit event): [A-Z][A-Za-z ]*$'
            or end_reason ~ '^workflow [a-z ]+$' then end_reason end`,
      trigger_event_id: nothing,
      subscriptions: () => sql`'{}'::text[]`,
      holdout: 'stays',
      priority: 'stays',
      entered_at: 'stays',
      entered_seq: 'stays',
      starts_at: 'stays',
      goal_until: nothing, // so that no later event can scope it
      goal_reached_at: 'stays',
      goal_event_id: 'stays',
      paused_at: nothing,
      ended_at: ({ now }) => sql`case when status = 'active' then ${now} else ended_at end`,
    },
  },
  merges: {
    of: (customers) => sql`
      (survivor_id = any(${customers}::text[]) or merged_id = any(${customers}::text[]))`,
    key: ['id'],
    erasure: 'delete',
  },
  customer_changes: { key: ['id'], exported: false, erasure: 'delete' },
  profiles: { key: ['customer_id'], erasure: 'delete' },
  predictions: { key: ['customer_id', 'name'], erasure: 'delete' },
  segment_members: { key: ['customer_id', 'segment'], erasure: 'delete' },
  customer_preferences: { key: ['customer_id'], erasure: 'delete' },
  soft_bounces: { key: ['message_id'], erasure: 'delete' },
  consents: { key: ['customer_id', 'channel', 'purpose'], erasure: 'delete' },
  consent_ledger: {
    key: ['id'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      channel: 'stays',
      purpose: 'stays',
      state: 'stays',
      source: unlessPersonal('source'),
      wording: 'stays',
      proof: emptyObject,
      at: 'stays',
      recorded_at: 'stays',
    },
  },
  inbox_items: { key: ['id'], erasure: 'delete' },
  privacy_requests: {
    key: ['id'],
    erasure: {
      id: 'stays',
      customer_id: pseudonym,
      kind: 'stays',
      source: unlessPersonal('source'),
      status: 'stays',
      requested_at: 'stays',
      done_at: 'stays',
      result: 'stays', // counts, and until it is done the ids under which latecomers are found
    },
  },
  audit_log: {
    key: ['id'],
    erasure: {
      id: 'stays',
      at: 'stays',
      actor: 'stays',
      role: 'stays',
      action: 'stays',
      customer_id: pseudonym,
      detail: 'stays', // it has no personal content to begin with
    },
  },
  identifiers: { key: ['kind', 'value'], erasure: 'delete' },
  customers: {
    of: (customers) => sql`id = any(${customers}::text[])`,
    key: ['id'],
    erasure: 'by hand',
  },
};

/** Tables without personal data. */
const IMPERSONAL_TABLES = [
  'policies',
  'event_subscriptions',
  'journeys',
  'segments',
  'segment_backfill',
  'api_keys',
  'imports',
  'inbound_messages', // keywords and the replies to them
  'relays',
  'relay_lanes',
  'erased_opt_outs',
  'retention_runs',
  'event_totals',
] as const satisfies readonly (keyof Database)[];

export type PersonalTable = Exclude<keyof Database, (typeof IMPERSONAL_TABLES)[number]>;

export { IMPERSONAL_TABLES };

/** The condition for the rows of these customers in a table. */
export function rowsOf(table: PersonalTable, customers: readonly string[]): RawBuilder<boolean> {
  const { of }: Found = PERSONAL_TABLES[table];
  return of?.(customers) ?? sql<boolean>`customer_id = any(${customers}::text[])`;
}
