import { sql, type RawBuilder } from 'kysely';
import { durationMs } from '../domain/duration';
import type { MomentBound, Scalar, ValueTest } from '../domain/segments/condition';
import { FromNow } from './segment-atoms';

/** A condition as SQL. */
export interface CompiledCondition {
  /** True or false, never null. */
  readonly holds: RawBuilder<boolean>;
  /** Moments after now at which time alone may change the answer; each may be null. */
  readonly next: readonly RawBuilder<Date | null>[];
}

/** A test of one JSON value as SQL. What it is compared with travels as parameters. */
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
    const moment = sql`moment_of(${value})`;
    const offset = offsetMs(bound);
    const edge = offset === undefined ? new Date(bound as string) : new FromNow(offset);
    parts.push(
      later ? sql`${moment} > ${edge}::timestamptz` : sql`${moment} <= ${edge}::timestamptz`,
    );
    if (offset === undefined) continue;
    // The edge moves with time: it reaches a moment that lies beyond it so much later.
    next.push(
      sql`case when ${moment} > ${edge}::timestamptz then ${moment} - ${milliseconds(offset)} end`,
    );
  }
  return { holds: sql`coalesce(${sql.join(parts, sql` and `)}, false)`, next };
}

export function milliseconds(count: number): RawBuilder<unknown> {
  return sql`${count}::double precision * interval '1 millisecond'`;
}

/** Values of different kinds have no order; the cast of one is not tried before its kind is known. */
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

/** From now; undefined for a moment that stands still. */
function offsetMs(bound: MomentBound): number | undefined {
  if (typeof bound === 'string') return undefined;
  return 'ago' in bound ? -durationMs(bound.ago) : durationMs(bound.ahead);
}

function json(value: Scalar): string {
  return JSON.stringify(value);
}
