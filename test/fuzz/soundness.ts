import { sql } from 'kysely';
import type { Db } from '../../src/db/transaction';
import type { Answer } from '../api/api-world';

/** What must hold of every answer, whatever was asked: no 5xx, and a refusal says what to do. */
export function expectSound(answer: Pick<Answer, 'status' | 'text'>, asked: string): void {
  const { status, text } = answer;
  const told = `${asked.slice(0, 500)} was answered with ${status} ${text.slice(0, 500)}`;
  if (status >= 500) throw new Error(`A fault of ours: ${told}`);
  if (status < 400) return;
  const message = refusalIn(text);
  if (!/^[A-Z].{15,}/su.test(message ?? '')) throw new Error(`No sentence in JSON: ${told}`);
}

function refusalIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}

const TABLES = [
  'customers',
  'identifiers',
  'event_ids',
  'events',
  'quarantined_events',
  'enrollments',
  'entry_refusals',
  'outbox',
  'consents',
  'consent_ledger',
  'customer_preferences',
  'inbound_messages',
  'privacy_requests',
  'suppressions',
  'decisions',
  'messages',
  'inbox_items',
  'tasks',
] as const;

export type Counts = Readonly<Record<(typeof TABLES)[number], number>>;

/** How many rows each table has. */
export async function countsOf(db: Db): Promise<Counts> {
  const columns = TABLES.map(
    (table) => sql`(select count(*) from ${sql.table(table)}) as ${sql.id(table)}`,
  );
  const { rows } = await sql<Counts>`select ${sql.join(columns)}`.execute(db);
  return rows[0] as Counts;
}

/** Where the events of some message ids are, each as often as it is there. */
export async function storedUnder(db: Db, messageIds: readonly string[]) {
  const { rows } = await sql<{ place: string; message_id: string }>`
    select 'event' as place, message_id from events where message_id = any(${messageIds})
    union all
    select 'claim', message_id from event_ids where message_id = any(${messageIds})
    union all
    select 'quarantine', message_id from quarantined_events where message_id = any(${messageIds})
    order by 1, 2`.execute(db);
  const under = new Map(messageIds.map((id) => [id, [] as string[]]));
  for (const { place, message_id: id } of rows) under.get(id)?.push(place);
  return under;
}

/** Each rule, with a question that finds what breaks it. */
const RULES: Readonly<Record<string, string>> = {
  'every event has its claim, and the claim its event': `
    select coalesce(e.message_id, i.message_id) from events e
    full join event_ids i on i.event_id = e.id and i.message_id = e.message_id
    where e.id is null or i.event_id is null`,
  'every event and every identifier is of a customer': `
    select customer_id from events where customer_id is not null and customer_id not in (select id from customers)
    union all select customer_id from identifiers where customer_id not in (select id from customers)`,
  'every customer has an identifier': `
    select id from customers
    where merged_into is null and id not in (select customer_id from identifiers)`,
  'nothing is left with a customer who was merged into another one': `
    select m.id from customers m where m.merged_into <> m.id and (
      exists (select from identifiers where customer_id = m.id)
      or exists (select from events where customer_id = m.id)
      or exists (select from enrollments where customer_id = m.id))`,
  'no two events of a customer have the same place in their order': `
    select customer_id from events where customer_id is not null
    group by customer_id having count(distinct seq) <> count(*)`,
  'every enrollment is to be started once': `
    select e.id from enrollments e
    left join outbox o on o.enrollment_id = e.id and o.kind = 'start'
    group by e.id having count(o.id) <> 1`,
  'whatever the relay is to tell concerns an enrollment': `
    select id::text from outbox where enrollment_id not in (select id from enrollments)`,
  'a key that reaches a prototype is stored nowhere': `
    select place from (
      select 'events' as place, properties::text || context::text as json from events
      union all select 'customers', traits::text from customers
      union all select 'quarantine', payload::text from quarantined_events
      union all select 'outbox', payload::text from outbox
      union all select 'ledger', proof::text from consent_ledger) as all_json
    where json ~ '"(__proto__|constructor|prototype)": '`,
};

/** Fails where the tables contradict each other, as they would after a half-stored request. */
export async function expectConsistent(db: Db): Promise<void> {
  for (const [rule, question] of Object.entries(RULES)) {
    const { rows } = await sql.raw<object>(question).execute(db);
    if (rows.length > 0) {
      throw new Error(`Does not hold that ${rule}: ${JSON.stringify(rows).slice(0, 500)}`);
    }
  }
}

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const PRISTINE = PROTOTYPES.map((each) => Object.getOwnPropertyNames(each).join());

/** Fails where something was added to a prototype that everything inherits from. */
export function expectPristinePrototypes(): void {
  expect(PROTOTYPES.map((each) => Object.getOwnPropertyNames(each).join())).toEqual(PRISTINE);
  expect(Object.keys({ ...({} as Record<string, unknown>) })).toEqual([]);
}
