import type { Request } from 'express';
import type { z } from 'zod';
import { readInput } from '../http/input';
import { readFields, type Fields } from '../http/read-form';

/** How a body is described, limited and read. */
export interface BodyDeclaration<T> {
  /** What the documents show. */
  readonly schema: z.ZodType;
  readonly mediaTypes: readonly string[];
  /** The size limit in bytes, after decompression. */
  readonly maxBytes: number;
  readonly required: boolean;
  /** Reads the bytes that have been received into `request.body`. */
  readonly read: (request: Request) => T | Promise<T>;
}

/** A JSON object. An empty body counts as `{}`, which is enough where every field is optional. */
export function jsonBody<T>(
  schema: z.ZodType<T>,
  options: {
    readonly maxBytes: number;
    /** What the documents show where the schema accepts more than one form. */
    readonly documented?: z.ZodType;
  },
): BodyDeclaration<T> {
  return {
    schema: options.documented ?? schema,
    mediaTypes: ['application/json'],
    maxBytes: options.maxBytes,
    required: !schema.safeParse({}).success,
    read: (request) => readInput(request, schema),
  };
}

/** The fields of a form, of which others are ignored; undefined where the body is no form. */
export function formBody(
  documented: z.ZodType,
  options: { readonly maxBytes: number },
): BodyDeclaration<Fields | undefined> {
  return {
    schema: documented,
    mediaTypes: ['application/x-www-form-urlencoded', 'multipart/form-data'],
    maxBytes: options.maxBytes,
    required: true,
    read: readFields,
  };
}

/** A body that the handler reads by itself from `request.body`, where its bytes are. */
export function rawBody(
  documented: z.ZodType,
  options: { readonly maxBytes: number },
): BodyDeclaration<undefined> {
  return {
    schema: documented,
    mediaTypes: ['application/json'],
    maxBytes: options.maxBytes,
    required: true,
    read: () => undefined,
  };
}
