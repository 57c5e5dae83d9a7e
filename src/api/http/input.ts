import type { Request } from 'express';
import { z } from 'zod';
import { RequestError } from '../../domain/errors';
import { storableObject } from '../../domain/events/storable-json';
import { readJson } from './read-body';

const MAX_ID = 300;

/** Any id that a caller names: not empty, not overlong, storable. */
export const idText = z
  .string()
  .min(1, 'expected at least one character')
  .max(255, 'expected at most 255 characters');

/** @throws {RequestError} `invalid` for an id in the path that nothing can have */
export function pathText(request: Request, name: string): string {
  const value: unknown = request.params[name];
  return checkedText(typeof value === 'string' ? value : '', `the ${name} in the address`);
}

/** A parameter of the query, or undefined where it is not given. */
export function queryText(request: Request, name: string): string | undefined {
  const value: unknown = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') {
    throw invalid(`Found ${name} more than once in the query; give it once.`);
  }
  return checkedText(value, `${name} in the query`);
}

export function queryChoice<const T extends string>(
  request: Request,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = queryText(request, name);
  if (value === undefined) return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    throw invalid(`Found an unknown ${name} in the query; expected one of ${choices.join(', ')}.`);
  }
  return choice;
}

/** How many items to answer with. */
export function queryLimit(request: Request, usual: number, most: number): number {
  const value = queryText(request, 'limit');
  if (value === undefined) return usual;
  if (!/^\d{1,6}$/.test(value) || Number(value) < 1) {
    throw invalid(`Found a limit that is no number; expected 1 to ${most}.`);
  }
  return Math.min(Number(value), most);
}

/**
 * The body as a schema wants it. An empty body counts as `{}`, so that it is told what it lacks.
 *
 * @throws {RequestError} `invalid` with each place that does not fit
 */
export function readInput<T>(request: Request, schema: z.ZodType<T>): T {
  const body = readJson(request) ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('The body is no JSON object; send one object.');
  }
  const storable = storableObject(body, 'body');
  if (!storable.ok) throw invalid(`Found that ${storable.reason}`);
  const parsed = schema.safeParse(storable.value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => {
    return `${issue.path.length === 0 ? 'the body' : issue.path.join('.')}: ${issue.message}`;
  });
  throw new RequestError(
    'invalid',
    'invalid-body',
    `The body does not fit: ${issues.join('; ')}. Mend it and send it again.`,
    { issues },
  );
}

function checkedText(value: string, what: string): string {
  if (value === '') throw invalid(`Found nothing for ${what}; give it.`);
  if (value.length > MAX_ID) {
    throw invalid(`Found ${value.length} characters for ${what}; expected at most ${MAX_ID}.`);
  }
  if (value.includes('\0') || /\p{Surrogate}/u.test(value)) {
    throw invalid(`Found a NUL or half a character in ${what}; send plain text.`);
  }
  return value;
}

export function invalid(message: string): RequestError {
  return new RequestError('invalid', 'invalid-request', message);
}
