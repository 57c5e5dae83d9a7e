import { z } from 'zod';
import { readCursor } from '../../db/read-models/page';
import { document } from './json-schema';

const MAX_TEXT = 300;

const text = z
  .string()
  .min(1, 'expected at least one character')
  .max(MAX_TEXT, `expected at most ${MAX_TEXT} characters`)
  .refine(
    (value) => !value.includes('\0') && !/\p{Surrogate}/u.test(value),
    'expected text without NUL and without half characters',
  );

/** A parameter of a path. */
export function pathText(description: string, example?: string) {
  return text.meta({ description, ...(example !== undefined && { examples: [example] }) });
}

/** A parameter of the query; none is required. */
export function queryText(description: string) {
  return text.meta({ description }).optional();
}

export function queryChoice<const T extends readonly [string, ...string[]]>(
  description: string,
  choices: T,
) {
  return z
    .enum(choices, `expected one of ${choices.join(', ')}`)
    .meta({ description })
    .optional();
}

/** How many items to answer with; more than the maximum is answered with the maximum. */
export function queryLimit(usual: number, max: number) {
  const read = z
    .string()
    .regex(/^[1-9]\d{0,5}$/, `expected a number from 1 to ${max}`)
    .transform((value) => Math.min(Number(value), max));
  const documented = {
    type: 'integer',
    minimum: 1,
    maximum: 999_999,
    default: usual,
    description: `How many items to return; at most ${max} are returned.`,
  } as const;
  return document(read, documented).default(usual);
}

/** The part of a list that a request wants: `limit` and `before`. */
export function pageQuery(usual = 100, max = 500) {
  return { limit: queryLimit(usual, max), before: cursor.optional() };
}

const cursor = document(
  z.string().transform((value, context) => {
    const found = readCursor(value);
    if (found !== undefined) return found;
    context.addIssue('expected the `next` of an earlier answer');
    return z.NEVER;
  }),
  {
    type: 'string',
    minLength: 1,
    description: 'The `next` of an earlier answer: the list continues there.',
  },
);
