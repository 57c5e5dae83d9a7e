import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { keepFirstAssignments } from '../db/stores/assignments';
import type { Tx } from '../db/transaction';
import { erasedId } from '../domain/identity/erased';
import { allocateSequence } from '../events/event-sequence';
import { WriteBatch } from '../outbox/write-batch';
import type { AddressHasher } from '../db/stores/address-hash';
import { keepOptOuts } from './keep-opt-outs';
import { PERSONAL_TABLES, rowsOf, type PersonalTable } from './personal-data';
import type { ColumnRule, Substitute, TableRule } from './table-rule';
import { mentionsPii, collectPii, type PiiTerms } from './pii-terms';

/** What an erasure did to the rows of a customer. */
export interface ErasedRows {
  readonly pseudonym: string;
  /** The former ids, under which what was in flight may still arrive. */
  readonly formerIds: readonly string[];
  /** The number of rows by table, for tables that had any. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Erases a customer, and everybody merged into them, in the caller's transaction: rows are deleted, or
 * kept without personal data under a random id, so that monthly counts do not change. Active
 * enrollments end. Suppressed addresses stay suppressed, as keyed hashes.
 *
 * @param declared names of events that the catalogue declares, which contain no personal data
 * @returns undefined where there is no such customer
 */
export async function eraseRows(
  tx: Tx,
  deps: { readonly hasher: AddressHasher; readonly declared: ReadonlySet<string> },
  customerId: string,
  now: Date,
): Promise<ErasedRows | undefined> {
  const family = await lockFamily(tx, customerId);
  if (family.length === 0) return undefined;
  // A delivery that ends now may suppress the address: before this erasure, or it sees the erasure.
  await sql`
    select from messages where customer_id = any(${family}::text[]) and status = 'sending'
    for update`.execute(tx);
  const words = await collectPii(tx, family);
  await openLedger(tx, family);
  const substitute: Substitute = {
    pseudonym: erasedId(randomUUID()),
    strings: words.strings,
    names: await namingEvents(tx, family, words, deps.declared),
    now,
  };
  await keepOptOuts(tx, deps.hasher, family, words);
  await leaveTombstone(tx, family, substitute);
  await tellJourneys(tx, family, substitute);
  const rows: Record<string, number> = {};
  for (const table of tables()) {
    const count = await eraseIn(tx, table, family, substitute, words);
    if (count > 0) rows[table] = count;
  }
  return { pseudonym: substitute.pseudonym, formerIds: family, rows };
}

/**
 * Erases late arrivals: rows written by transactions, deliveries and journeys that had begun before the
 * erasure. Idempotent.
 */
export async function eraseLateArrivals(
  tx: Tx,
  pseudonym: string,
  formerIds: readonly string[],
  now: Date,
): Promise<void> {
  const all = [pseudonym, ...formerIds];
  await openLedger(tx, all);
  const substitute: Substitute = { pseudonym, strings: [], names: [], now };
  for (const table of tables()) {
    const { erasure }: TableRule<PersonalTable> = PERSONAL_TABLES[table];
    if (erasure === 'by hand') continue;
    await eraseIn(tx, table, FINISHED_LATER.has(table) ? all : formerIds, substitute);
  }
  await sql`delete from outbox where customer_id = any(${[...formerIds]}::text[])`.execute(tx);
}

/** The consent ledger is append-only, except for a transaction that declares an erasure. */
async function openLedger(tx: Tx, customers: readonly string[]): Promise<void> {
  await sql`select set_config('throughline.erasing', ${customers.join(' ')}, true)`.execute(tx);
}

/** Tables that a delivery or a journey that had begun may still write after the erasure. */
const FINISHED_LATER: ReadonlySet<PersonalTable> = new Set([
  'delivery_attempts',
  'messages',
  'decisions',
  'tasks',
  'enrollments',
]);

function tables(): readonly PersonalTable[] {
  return Object.keys(PERSONAL_TABLES) as PersonalTable[];
}

/** The customer and everybody merged into them, locked in the order of their ids. */
async function lockFamily(tx: Tx, customerId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from customers where id in (
      with recursive family as (
        select id from customers where id = ${customerId} and erased_at is null
        union
        select c.id from customers c join family f on c.merged_into = f.id)
      select id from family)
    order by id for update`.execute(tx);
  return rows.map(({ id }) => id);
}

/** The name of an undeclared event may contain anything. */
async function namingEvents(
  tx: Tx,
  family: readonly string[],
  words: PiiTerms,
  declared: ReadonlySet<string>,
): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct name from events where customer_id = any(${family}::text[])`.execute(tx);
  return rows
    .map(({ name }) => name)
    .filter((name) => !declared.has(name) && mentionsPii(name, words));
}

/** The tombstone that the remaining rows refer to: it has the time of the first event, and no more. */
async function leaveTombstone(
  tx: Tx,
  family: readonly string[],
  { pseudonym, now }: Substitute,
): Promise<void> {
  await sql`
    insert into customers (id, traits, merged_into, created_at, updated_at, erased_at)
    select ${pseudonym}, '{}', ${pseudonym}, min(created_at), ${now}, ${now}
    from customers where id = any(${family}::text[])`.execute(tx);
}

/** Deletes the outbox rows, and signals running journeys to end, without personal data. */
async function tellJourneys(
  tx: Tx,
  family: readonly string[],
  { pseudonym, now }: Substitute,
): Promise<void> {
  const { rows: running } = await sql<{ id: string; journey: string }>`
    select id, journey from enrollments e
    where customer_id = any(${family}::text[]) and status = 'active' and not exists (
      select from outbox o where o.enrollment_id = e.id and o.kind = 'start')`.execute(tx);
  await sql`delete from outbox where customer_id = any(${family}::text[])`.execute(tx);
  if (running.length === 0) return;
  const seq = await allocateSequence(tx);
  const batch = new WriteBatch(tx);
  batch.signal(
    ...running.map(({ id, journey }) => ({
      customerId: pseudonym,
      enrollmentId: id,
      workflowType: journey,
      payload: { seq, effect: 'exit' as const, reason: 'erased' },
      createdAt: now,
      availableAt: now,
    })),
  );
  await batch.flush();
}

/** @returns how many rows the table had */
async function eraseIn(
  tx: Tx,
  table: PersonalTable,
  customers: readonly string[],
  substitute: Substitute,
  words?: PiiTerms,
): Promise<number> {
  const { erasure }: TableRule<PersonalTable> = PERSONAL_TABLES[table];
  if (erasure === 'by hand') {
    return words === undefined ? 0 : eraseByHand(tx, table, customers, words);
  }
  const where = rowsOf(table, customers);
  if (erasure === 'delete') {
    return affected(tx, sql`delete from ${sql.table(table)} where ${where}`);
  }
  const changes = Object.entries<ColumnRule>(erasure).flatMap(([column, rule]) =>
    rule === 'stays' ? [] : [sql`${sql.ref(column)} = ${rule(substitute)}`],
  );
  if (table === 'assignments') await keepFirstAssignments(tx, customers, substitute.pseudonym);
  return affected(tx, sql`update ${sql.table(table)} set ${sql.join(changes)} where ${where}`);
}

async function eraseByHand(
  tx: Tx,
  table: PersonalTable,
  customers: readonly string[],
  words: PiiTerms,
): Promise<number> {
  if (table === 'quarantined_events') {
    return affected(
      tx,
      sql`delete from quarantined_events where ${mentioning(sql`payload::text`, words)}
        or payload ->> 'userId' = any(${words.userIds}::text[])
        or payload ->> 'anonymousId' = any(${words.anonymousIds}::text[])
        or payload ->> 'previousId' = any(${[...words.userIds, ...words.anonymousIds]}::text[])`,
    );
  }
  if (table !== 'customers') return 0; // suppressions and the outbox were dealt with before
  // Events without a customer may contain the person's data too, such as a bounce report.
  await sql`
    update events set properties = '{}', context = '{}', message_id = 'erased:' || id
    where customer_id is null
      and ${mentioning(sql`properties::text || ' ' || context::text`, words)}`.execute(tx);
  return affected(tx, sql`delete from customers where id = any(${customers}::text[])`);
}

/** Whether a text contains one of the person's addresses; ids are too short for such a search. */
function mentioning(text: RawBuilder<unknown>, { addresses }: PiiTerms): RawBuilder<boolean> {
  const unmistakable = addresses.map(({ address }) => address).filter((each) => each.length >= 7);
  return sql<boolean>`exists (
    select from unnest(${unmistakable}::text[]) as s where strpos(lower(${text}), s) > 0)`;
}

async function affected(tx: Tx, statement: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await statement.execute(tx);
  return Number(numAffectedRows ?? 0);
}
