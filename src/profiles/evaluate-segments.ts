import { CompiledQuery, sql } from 'kysely';
import { prepared } from '../db/sql/prepared';
import type { Db } from '../db/transaction';
import type { Profile } from '../domain/profile/profile';
import type { Segments } from '../domain/segments/condition';
import { compileCondition } from './compile-segment';
import { Atoms, FromNow } from './segment-atoms';

/** A customer with the profile that conditions are evaluated on. */
export interface Evaluated {
  readonly customerId: string;
  readonly profile: Profile;
}

export interface Membership {
  readonly customerId: string;
  /** The names of the segments that the customer is in. */
  readonly segments: readonly string[];
  /** When that may change without an event; null for never. */
  readonly recomputeAt: Date | null;
}

/** Evaluates segments for customers as of a time, in one statement. */
export async function evaluateSegments(
  db: Db,
  segments: Segments,
  customers: readonly Evaluated[],
  now: Date,
): Promise<readonly Membership[]> {
  const names = Object.keys(segments);
  if (names.length === 0 || customers.length === 0) {
    return customers.map(({ customerId }) => ({ customerId, segments: [], recomputeAt: null }));
  }
  const profiles = customers.map(({ customerId, profile: { computed, lifecycle, mood } }) => {
    return { customer_id: customerId, computed, lifecycle, mood: mood?.label ?? null };
  });
  const { text, parameters } = statementFor(db, segments);
  const values = parameters.map((value) => {
    if (value instanceof FromNow) return value.at(now);
    return value === PROFILES ? JSON.stringify(profiles) : value;
  });
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(text, values));
  return rows.map((row) => ({
    customerId: row.id,
    segments: names.filter((_, index) => row.holds[index] === true),
    recomputeAt: row.next,
  }));
}

interface Row {
  readonly id: string;
  readonly holds: readonly boolean[];
  readonly next: Date | null;
}

interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Placeholder among the parameters for the customers with their profiles. */
const PROFILES = { kind: 'profiles' };

const statements = new WeakMap<Segments, Statement>();

/** Fifty segments compile to 30,000 characters of SQL, so the text is cached. */
function statementFor(db: Db, segments: Segments): Statement {
  const known = statements.get(segments);
  if (known !== undefined) return known;
  const atoms = new Atoms();
  const compiled = Object.values(segments).map(({ where }) => compileCondition(where, atoms));
  const holds = compiled.map((each) => sql`${each.holds}`);
  const next = [...compiled.flatMap((each) => each.next), sql`null::timestamptz`];
  const { sql: text, parameters } = prepared`with f as materialized (
      select ${sql.join([sql`c.id`, ...atoms.columns])}
      from rows from (json_to_recordset(${PROFILES}::json) as (
        customer_id text, computed jsonb, lifecycle text, mood text)) as p
      cross join lateral (
        select id, traits from customers where id = p.customer_id offset 0) c)
    select f.id, array[${sql.join(holds)}]::boolean[] as holds, least(${sql.join(next)}) as next
    from f`.compile(db);
  const statement = { text, parameters };
  statements.set(segments, statement);
  return statement;
}
