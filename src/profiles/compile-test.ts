import { sql, type RawBuilder } from 'kysely';
import { durationMs } from '../domain/duration';
import type { MomentBound, Scalar, ValueTest } from '../domain/segments/condition';
import { FromNow } from './segment-atoms';

/** A condition as SQL. */
export interface CompiledCondition {
  /** True or false, never null. */
  readonly holds: RawBuilder<boolean>;
  /** Future times at which the result may change without an event; each may be null. */
  readonly next: readonly RawBuilder<Date | null>[];
}

/** Compiles a test of one JSON value. The values to compare with are passed as parameters. */
export function compileTest(value: RawBuilder<unknown>, test: ValueTest): CompiledCondition {
  const parts: RawBuilder<boolean>[] = [];
  const next: RawBuilder<Date | null>[] = [];
  const present = sql<boolean>`(${value} is not null and ${value} <> 'null'::jsonb)`;
  if (test.exists !== undefined) parts.push(test.exists ? present : sql`not ${present}`);
  if (test.is !== undefined) parts.push(sql`${value} = ${json(test.is)}::jsonb`);
  if (test.isNot !== undefined) {
    parts.push(sql`${present} and ${value} <> ${json(test.isNot)}::jsonb`);
  }
  if (test.oneOf !== undefined) {
    parts.push(sql`${value} = any(${test.oneOf.map(json)}::text[]::jsonb[])`);
  }
  const orders = [
    [test.atLeast, sql`>=`],
    [test.atMost, sql`<=`],
    [test.above, sql`>`],
    [test.below, sql`<`],
  ] as const;
  for (const [bound, operator] of orders) {
    if (bound !== undefined) parts.push(compare(value, operator, bound));
  }
  for (const [bound, later] of [
    [test.after, true],
    [test.before, false],
  ] as const) {
    if (bound === undefined) continue;
    const moment = sql`parse_timestamp(${value})`;
    const offset = offsetMs(bound);
    const edge = offset === undefined ? new Date(bound as string) : new FromNow(offset);
    parts.push(
      later ? sql`${moment} > ${edge}::timestamptz` : sql`${moment} <= ${edge}::timestamptz`,
    );
    if (offset === undefined) continue;
    // The bound moves with time: it reaches a later time after the difference has passed.
    next.push(
      sql`case when ${moment} > ${edge}::timestamptz then ${moment} - ${milliseconds(offset)} end`,
    );
  }
  return { holds: sql`coalesce(${sql.join(parts, sql` and `)}, false)`, next };
}

export function milliseconds(count: number): RawBuilder<unknown> {
  return sql`${count}::double precision * interval '1 millisecond'`;
}

/** Values of different types are not ordered; a value is cast only after its type is known. */
function compare(
  value: RawBuilder<unknown>,
  operator: RawBuilder<unknown>,
  bound: number | string,
): RawBuilder<boolean> {
  const text = sql`(${value} #>> '{}')`;
  return typeof bound === 'number'
    ? sql`case when jsonb_typeof(${value}) = 'number'
        then ${text}::numeric ${operator} ${bound}::numeric else false end`
    : sql`case when jsonb_typeof(${value}) = 'string'
        then ${text} collate "C" ${operator} ${bound}::text collate "C" else false end`;
}

/** The offset from now; undefined for a fixed time. */
function offsetMs(bound: MomentBound): number | undefined {
  if (typeof bound === 'string') return undefined;
  return 'ago' in bound ? -durationMs(bound.ago) : durationMs(bound.ahead);
}

function json(value: Scalar): string {
  return JSON.stringify(value);
}
