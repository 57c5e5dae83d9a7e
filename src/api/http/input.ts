import type { Request } from 'express';
import { z } from 'zod';
import { RequestError } from '../../domain/errors';
import { storableObject } from '../../domain/events/storable-json';
import { readJson } from './read-body';

/** Any id in a body: not empty, and at most 255 characters. */
export const idText = z
  .string()
  .min(1, 'expected at least one character')
  .max(255, 'expected at most 255 characters');

/**
 * The body as a schema describes it. An empty body counts as `{}`, so that the error names the
 * fields that are missing.
 *
 * @throws {RequestError} `invalid` with each field that does not fit
 */
export function readInput<T>(request: Request, schema: z.ZodType<T>): T {
  const sent = readJson(request);
  const body = sent === undefined ? {} : sent;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('Found a body that is not a JSON object; send one object.');
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
    `The body does not fit its schema: ${issues.join('; ')}. Fix the body and retry.`,
    { issues },
  );
}

export function invalid(message: string): RequestError {
  return new RequestError('invalid', 'invalid-request', message);
}
