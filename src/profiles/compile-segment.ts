import { sql, type RawBuilder } from 'kysely';
import { durationMs } from '../domain/duration';
import type { Condition } from '../domain/segments/condition';
import { compileTest, milliseconds, type CompiledCondition } from './compile-test';
import { FromNow, type Atoms } from './segment-atoms';

/** An event occurs at most one day after it was received, so older partitions can be skipped. */
const MAX_LEAD_MS = 86_400_000;

/**
 * Compiles a segment's condition to SQL. The same text runs after an event, after a deadline and in
 * a backfill, so an incremental result cannot differ from a full recomputation. Times relative to
 * now are parameters, so the text is generated once.
 */
export function compileCondition(condition: Condition, atoms: Atoms): CompiledCondition {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const parts = condition.of.map((each) => compileCondition(each, atoms));
      const word = condition.kind === 'all' ? sql` and ` : sql` or `;
      return {
        holds: sql`(${sql.join(
          parts.map(({ holds }) => holds),
          word,
        )})`,
        next: parts.flatMap(({ next }) => next),
      };
    }
    case 'not': {
      const { holds, next } = compileCondition(condition.of, atoms);
      return { holds: sql`not (${holds})`, next };
    }
    case 'trait': {
      const { trait, test } = condition;
      return compileTest(atoms.add(`trait:${trait}`, sql`c.traits -> ${trait}::text`), test);
    }
    case 'computed': {
      const { trait, test } = condition;
      const value = atoms.add(`computed:${trait}`, sql`p.computed -> ${trait}::text`);
      return compileTest(value, test);
    }
    case 'lifecycle':
      return isAmong(atoms.add('lifecycle', sql`p.lifecycle`), condition.stages);
    case 'mood':
      return isAmong(atoms.add('mood', sql`p.mood`), condition.moods);
    case 'consent': {
      const { channel, purpose, states } = condition;
      const state = atoms.add(
        `consent:${channel}:${purpose}`,
        sql`effective_consent(c.id, ${channel}, ${purpose})`,
      );
      return isAmong(state, states);
    }
    case 'event':
      return compileEvents(condition, atoms);
    case 'prediction':
      return compilePrediction(condition, atoms);
  }
}

function isAmong(value: RawBuilder<unknown>, wanted: readonly string[]): CompiledCondition {
  return { holds: sql`coalesce(${value} = any(${[...wanted]}::text[]), false)`, next: [] };
}

type EventCondition = Condition & { readonly kind: 'event' };

/**
 * Does not count all events: "at least n" checks for an n-th latest one, "at most n" for the one
 * after that. The result cannot change until that event leaves the window.
 */
function compileEvents(condition: EventCondition, atoms: Atoms): CompiledCondition {
  const { atLeast, atMost, within } = condition;
  const parts: RawBuilder<boolean>[] = [];
  const next: RawBuilder<Date | null>[] = [];
  const nth = (n: number) => {
    const found = atoms.add(
      `event:${JSON.stringify([condition.event, condition.where, within, n])}`,
      nthLatest(condition, n),
    );
    if (within !== null) next.push(sql`${found} + ${milliseconds(durationMs(within))}`);
    return found;
  };
  if (atLeast !== null && atLeast > 0) parts.push(sql`${nth(atLeast)} is not null`);
  if (atMost !== null) parts.push(sql`${nth(atMost + 1)} is null`);
  if (parts.length === 0) parts.push(sql`true`);
  return { holds: sql`(${sql.join(parts, sql` and `)})`, next };
}

function nthLatest(condition: EventCondition, n: number): RawBuilder<unknown> {
  const { event, where, within } = condition;
  const filters: RawBuilder<unknown>[] = [];
  if (within !== null) {
    const from = -durationMs(within);
    filters.push(sql`e.occurred_at > ${new FromNow(from)}`);
    filters.push(sql`e.received_at > ${new FromNow(from - MAX_LEAD_MS)}`);
  }
  for (const [name, test] of Object.entries(where)) {
    filters.push(compileTest(propertyOf(event, name), test).holds);
  }
  const and = filters.map((filter) => sql`and ${filter}`);
  return sql`(
    select e.occurred_at from events e
    where e.customer_id = c.id and e.name = ${event} ${sql.join(and, sql` `)}
    order by e.occurred_at desc offset ${n - 1}::bigint limit 1)`;
}

/** Falls back to the message's own columns for properties that the provider's report omits. */
function propertyOf(event: string, name: string): RawBuilder<unknown> {
  const reported = sql`(e.properties -> ${name}::text)`;
  if (!event.startsWith('Message ') || !['channel', 'template', 'journey'].includes(name)) {
    return reported;
  }
  return sql`coalesce(nullif(${reported}, 'null'::jsonb), (
    select to_jsonb(${sql.ref(`m.${name}`)}) from messages m where m.id = e.about_message_id))`;
}

function compilePrediction(
  { prediction, test, maxAge }: Condition & { readonly kind: 'prediction' },
  atoms: Atoms,
): CompiledCondition {
  const young = maxAge === null ? sql`true` : sql`at > ${new FromNow(-durationMs(maxAge))}`;
  const find = (column: RawBuilder<unknown>) => sql`(
    select ${column} from predictions
    where customer_id = c.id and name = ${prediction} and ${young})`;
  const key = `prediction:${JSON.stringify([prediction, maxAge])}`;
  const value = atoms.add(key, find(sql`to_jsonb(value)`));
  const { holds } = compileTest(value, test);
  if (maxAge === null) return { holds, next: [] };
  const at = atoms.add(`${key}:at`, find(sql`at`));
  return { holds, next: [sql`${at} + ${milliseconds(durationMs(maxAge))}`] };
}
