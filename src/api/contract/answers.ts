import { z } from 'zod';

/** An answer in JSON. */
export interface SchemaAnswer<Schema extends z.ZodType = z.ZodType> {
  readonly description: string;
  readonly schema: Schema;
}

/** An answer in another format, which the handler sends by itself. */
export interface MediaAnswer {
  readonly description: string;
  readonly mediaTypes: readonly string[];
}

export type AnswerDeclaration = SchemaAnswer | MediaAnswer;

/**
 * Declares a JSON answer. The schema describes the wire; where it has a date, the handler returns a
 * `Date`. Use `z.strictObject`, so that the tests find a field that is not declared.
 */
export function answer<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
): SchemaAnswer<Schema> {
  return { description, schema };
}

/** Declares an HTML page. */
export function page(description: string): MediaAnswer {
  return { description, mediaTypes: ['text/html'] };
}

/** Declares a file. */
export function file(description: string, ...mediaTypes: readonly string[]): MediaAnswer {
  return { description, mediaTypes };
}

export function isMedia(declared: AnswerDeclaration): declared is MediaAnswer {
  return 'mediaTypes' in declared;
}

/** A moment: a `Date` for the handler, RFC 3339 on the wire. */
export const moment = z.codec(z.iso.datetime({ offset: true }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** JSON whose fields the API does not know, such as the properties of an event. */
export const anyObject = z.record(z.string(), z.unknown());

/** Where the next part of a list begins: the value of `before`; null at the end. */
export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'Pass it as `before` to read the next part; null at the end of the list.' });
