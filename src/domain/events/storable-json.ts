import type { Json } from '../json';

/** More levels than this is a mistake or an attack, and overflows whoever recurses over it. */
const DEEPEST = 32;

/** Names that reach an object's prototype when they are assigned; they carry nothing of use. */
const HARMFUL_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export type StorableJson =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/**
 * A copy of `value` that Postgres can store as `jsonb` and that is safe to merge: without the keys
 * `__proto__`, `constructor` and `prototype`, at any depth. The reason of a refusal names the
 * place, never the value.
 *
 * @param path how the place of `value` is called in a reason
 */
export function storableJson(value: unknown, path: string, depth = 1): StorableJson {
  if (typeof value === 'string') return text(value, path);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return { ok: true, value };
    return refuse(`${path} is not a finite number. Send a number that JSON can hold.`);
  }
  if (value === null || typeof value === 'boolean') return { ok: true, value };
  if (typeof value !== 'object') {
    return refuse(`${path} is a ${typeof value}. Send only what JSON can hold.`);
  }
  if (depth > DEEPEST) {
    return refuse(`${path} is nested deeper than ${DEEPEST} levels. Send a flatter object.`);
  }
  return Array.isArray(value) ? list(value, path, depth) : record(value, path, depth);
}

function list(values: readonly unknown[], path: string, depth: number): StorableJson {
  const copy: Json[] = [];
  for (const [index, each] of values.entries()) {
    const checked = storableJson(each ?? null, `${path}[${index}]`, depth + 1);
    if (!checked.ok) return checked;
    copy.push(checked.value);
  }
  return { ok: true, value: copy };
}

function record(value: object, path: string, depth: number): StorableJson {
  const copy: Record<string, Json> = {};
  for (const [key, each] of Object.entries(value)) {
    if (HARMFUL_KEYS.has(key) || each === undefined) continue;
    const name = text(key, `A key of ${path}`);
    if (!name.ok) return name;
    const checked = storableJson(each, `${path}.${key.slice(0, 60)}`, depth + 1);
    if (!checked.ok) return checked;
    copy[key] = checked.value;
  }
  return { ok: true, value: copy };
}

function text(value: string, path: string): StorableJson {
  if (value.includes('\0')) {
    return refuse(`${path} contains a NUL character, which cannot be stored. Remove it.`);
  }
  // With the flag `u`, a pair of surrogates is one character, so only a lone one matches.
  if (/\p{Surrogate}/u.test(value)) {
    return refuse(`${path} contains half a character (a lone surrogate). Send valid Unicode.`);
  }
  return { ok: true, value };
}

function refuse(reason: string): StorableJson {
  return { ok: false, reason };
}
