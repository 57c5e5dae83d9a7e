import { sql } from 'kysely';
import { ERASED_IDS } from '../../domain/identity/erased';
import type { JsonObject } from '../../domain/json';
import {
  conditions,
  identifier,
  type ExportedRow,
  type ExportedTable,
  type ExportFilter,
} from './exported-table';

export const EXPORT_KINDS = [
  'customers',
  'events',
  'consents',
  'messages',
  'decisions',
  'orders',
] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

type Keyed = ExportedRow & { readonly key: string };

const PERIOD = ['since', 'until', 'customerId'] as const satisfies readonly (keyof ExportFilter)[];

/** What an import accepts as an address; anything else remains a trait. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

const customer = sql.ref('t.customer_id');

/** One row per customer; traits are a JSON object, since customers have different ones. */
const customers: ExportedTable = {
  columns: [
    ...['user_id', 'anonymous_id', 'email', 'phone', 'timezone', 'locale', 'traits'],
    ...['customer_id', 'created_at', 'updated_at', 'identifiers'],
  ],
  filters: PERIOD,
  async read(db, filter, after, most) {
    const id = sql.ref('t.id');
    const { rows } = await sql<Keyed & { readonly traits: JsonObject }>`
      select t.id as key, ${identifier('user_id', id)} as user_id,
        ${identifier('anonymous_id', id)} as anonymous_id, t.time_zone as timezone, t.locale,
        t.traits, t.id as customer_id, t.created_at, t.updated_at,
        (select json_agg(json_build_object('kind', i.kind, 'value', i.value)
          order by i.kind, i.value) from identifiers i where i.customer_id = t.id) as identifiers
      from customers t where t.id > ${after} and t.merged_into is null
        ${conditions(filter, { at: sql.ref('t.created_at'), customer: id })}
      order by t.id limit ${most}`.execute(db);
    return page(rows.map(withContacts));
  },
};

function withContacts(row: Keyed & { readonly traits: JsonObject }): Keyed {
  const { email, phone, ...others } = row.traits;
  const isAddress = typeof email === 'string' && ADDRESS.test(email);
  const isNumber = typeof phone === 'string' && phone.trim() === phone && phone !== '';
  return {
    ...row,
    email: isAddress ? email : null,
    phone: isNumber ? phone : null,
    traits: {
      ...others,
      ...(!isAddress && email !== undefined && { email }),
      ...(!isNumber && phone !== undefined && { phone }),
    },
  };
}

/** What customers did; identities and consents are separate exports. */
const events: ExportedTable = {
  columns: [
    ...['message_id', 'type', 'event', 'user_id', 'anonymous_id', 'timestamp', 'properties'],
    ...['context', 'customer_id', 'received_at'],
  ],
  filters: [...PERIOD, 'event'],
  async read(db, filter, after, most) {
    const about = { at: sql.ref('t.occurred_at'), customer, event: sql.ref('t.name') };
    const { rows } = await sql<Keyed>`
      select t.id as key, t.message_id, t.type, t.name as event,
        ${identifier('user_id', customer)} as user_id,
        ${identifier('anonymous_id', customer)} as anonymous_id,
        t.occurred_at as timestamp, t.properties, t.context, t.customer_id, t.received_at
      from events t
      where t.id > ${after} and t.type in ('track', 'page', 'screen', 'group')
        ${conditions(filter, about)}
      order by t.id limit ${most}`.execute(db);
    return page(rows);
  },
};

/** The ledger: every change with its proof, not only the resulting state. */
const consents: ExportedTable = {
  columns: [
    ...['user_id', 'anonymous_id', 'channel', 'purpose', 'state', 'at', 'source', 'wording'],
    ...['proof', 'customer_id'],
  ],
  filters: PERIOD,
  async read(db, filter, after, most) {
    const { rows } = await sql<Keyed>`
      select t.id as key, ${identifier('user_id', customer)} as user_id,
        ${identifier('anonymous_id', customer)} as anonymous_id,
        t.channel, t.purpose, t.state, t.at, t.source, t.wording, t.proof, t.customer_id
      -- What is left of somebody who was erased is nobody's to take elsewhere.
      from consent_ledger t where t.id > ${after} and t.customer_id not like ${ERASED_IDS}
        ${conditions(filter, { at: sql.ref('t.at'), customer })}
      order by t.id limit ${most}`.execute(db);
    return page(rows);
  },
};

const MESSAGE_COLUMNS = [
  ...['id', 'customer_id', 'enrollment_id', 'decision_id', 'journey', 'step', 'template'],
  ...['variant', 'tags', 'purpose', 'channel', 'provider', 'address', 'status', 'attempts'],
  ...['error', 'cost', 'repeated', 'decided_at', 'sent_at', 'delivered_at', 'opened_at'],
  'clicked_at',
];

const DECISION_COLUMNS = [
  ...['id', 'customer_id', 'enrollment_id', 'journey', 'step', 'template', 'purpose', 'priority'],
  ...[
    'outcome',
    'reason',
    'channel',
    'candidates',
    'basis',
    'policy_version',
    'variant',
    'tags',
    'cost',
    'value',
  ],
  ...['probability', 'deferrals', 'next_at', 'first_at', 'decided_at'],
];

/** Messages without their content, which is personal data: the customer's export has it. */
const messages = recordsOf('messages', MESSAGE_COLUMNS, 'decided_at');
/** Decisions and their reasons, including those not to send. */
const decisions = recordsOf('decisions', DECISION_COLUMNS, 'first_at');

const ORDER_COLUMNS = [
  ...['order_id', 'completed_at', 'received_at', 'amount', 'tax', 'shipping', 'discount'],
  ...['currency', 'items', 'quantity', 'country', 'refunded', 'refunded_at', 'cancelled_at'],
  ...['counts', 'customer_id'],
];

/** Completed orders, also those that were cancelled or refunded. */
const orders: ExportedTable = {
  columns: ['user_id', ...ORDER_COLUMNS],
  filters: PERIOD,
  async read(db, filter, after, most) {
    const [customerId, key] = after === '' ? ['', ''] : (JSON.parse(after) as [string, string]);
    const list = sql.join(ORDER_COLUMNS.map((name) => sql.ref(`t.${name}`)));
    const { rows } = await sql<Keyed>`
      select json_build_array(t.customer_id, t.key)::text as key,
        ${identifier('user_id', customer)} as user_id, ${list}
      from orders t
      where (t.customer_id, t.key) > (${customerId}, ${key}) and t.completed_at is not null
        ${conditions(filter, { at: sql.ref('t.completed_at'), customer })}
      order by t.customer_id, t.key limit ${most}`.execute(db);
    return page(rows);
  },
};

export const EXPORTED: Readonly<Record<ExportKind, ExportedTable>> = {
  customers,
  events,
  consents,
  messages,
  decisions,
  orders,
};

function recordsOf(
  table: 'messages' | 'decisions',
  columns: readonly string[],
  at: string,
): ExportedTable {
  return {
    columns: ['user_id', ...columns],
    filters: [...PERIOD, 'journey'],
    async read(db, filter, after, most) {
      const about = { at: sql.ref(`t.${at}`), customer, journey: sql.ref('t.journey') };
      const list = sql.join(columns.map((name) => sql.ref(`t.${name}`)));
      const { rows } = await sql<Keyed>`
        select t.id as key, ${identifier('user_id', customer)} as user_id, ${list}
        from ${sql.table(table)} t where t.id > ${after} ${conditions(filter, about)}
        order by t.id limit ${most}`.execute(db);
      return page(rows);
    },
  };
}

function page(rows: readonly Keyed[]): { rows: readonly ExportedRow[]; last: string | undefined } {
  return { rows, last: rows.at(-1)?.key };
}
