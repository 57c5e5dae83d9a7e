import { cutText } from '../cut-text';
import type { Json, JsonObject } from '../json';

/** Deeper values are a mistake or an attack, and could overflow the stack of recursive code. */
const DEEPEST = 32;

/** Keys that can change an object's prototype when they are assigned. */
const HARMFUL_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export type StorableObject =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly reason: string };

/**
 * A copy of an object that Postgres can store as `jsonb` and that is safe to merge: without the
 * keys `__proto__`, `constructor` and `prototype`, at any depth.
 *
 * @param name the object's name in a reason
 * @returns a reason, which gives the path and never the value, if the object cannot be stored: NUL
 * characters, lone surrogates, non-finite numbers, more than 32 levels
 */
export function storableObject(value: object, name: string): StorableObject {
  const checked = record(value, 1);
  if (checked.ok) return checked;
  return { ok: false, reason: `${name}${checked.path} ${checked.problem}` };
}

/** The path is built only while returning an error, so valid calls, nearly all, do not pay for it. */
type Checked<T extends Json> = { readonly ok: true; readonly value: T } | Refused;

interface Refused {
  readonly ok: false;
  readonly path: string;
  readonly problem: string;
}

function check(value: unknown, depth: number): Checked<Json> {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    return problem === undefined ? { ok: true, value } : refuse(problem);
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return { ok: true, value };
    return refuse('is not a finite number; send a number that JSON can hold.');
  }
  if (value === null || typeof value === 'boolean') return { ok: true, value };
  if (typeof value !== 'object') {
    return refuse(`is a ${typeof value}; send only what JSON can hold.`);
  }
  if (depth > DEEPEST) {
    return refuse(`is nested deeper than ${DEEPEST} levels; send a flatter object.`);
  }
  return Array.isArray(value) ? list(value, depth) : record(value, depth);
}

function record(value: object, depth: number): Checked<JsonObject> {
  const copy: Record<string, Json> = {};
  for (const [key, each] of Object.entries(value)) {
    if (HARMFUL_KEYS.has(key) || each === undefined) continue;
    const problem = textProblem(key);
    if (problem !== undefined) return refuse(`has a key that ${problem}`);
    const checked = check(each, depth + 1);
    if (!checked.ok) return within(`.${shortened(key)}`, checked);
    copy[key] = checked.value;
  }
  return { ok: true, value: copy };
}

function list(values: readonly unknown[], depth: number): Checked<Json> {
  const copy: Json[] = [];
  for (const [index, each] of values.entries()) {
    const checked = check(each ?? null, depth + 1);
    if (!checked.ok) return within(`[${index}]`, checked);
    copy.push(checked.value);
  }
  return { ok: true, value: copy };
}

function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'contains a NUL character, which cannot be stored; remove it.';
  // With the flag `u`, a surrogate pair is one character, so only a lone surrogate matches.
  if (/\p{Surrogate}/u.test(text)) {
    return 'contains half a character (a lone surrogate); send valid Unicode.';
  }
  return undefined;
}

function refuse(problem: string): Refused {
  return { ok: false, path: '', problem };
}

function within(step: string, refused: Refused): Refused {
  return { ...refused, path: step + refused.path };
}

function shortened(key: string): string {
  return key.length <= 40 ? key : `${cutText(key, 40)}...`;
}
