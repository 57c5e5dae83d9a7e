import { z } from 'zod';

declare const personalData: unique symbol;

/**
 * A value that says who somebody is or how to reach them. It never enters a workflow: workflow
 * histories outlive the rows that an erasure deletes.
 */
export type Personal<T> = T extends null | undefined ? T : T & { readonly [personalData]: true };

/** What `personal` does to a schema's type: its input stays as it was, its output is branded. */
export type PersonalSchema<Schema extends z.ZodType> = Schema & {
  readonly _zod: { readonly output: Personal<z.output<Schema>> };
};

/** A registry of our own, so that an author's `.meta()` can neither set nor clear the mark. */
const personalSchemas = z.registry<{ readonly personal: true }>();

/**
 * Marks what a schema describes as personal: templates and stores see it, journeys do not.
 *
 * @example
 * const signedUp = z.looseObject({ email: personal(z.string()).optional(), plan: z.string() });
 */
export function personal<Schema extends z.ZodType>(schema: Schema): PersonalSchema<Schema> {
  // A clone, since the schema may be a shared one that is used elsewhere for something harmless.
  const marked = schema.clone();
  personalSchemas.add(marked, { personal: true });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types only
  return marked as PersonalSchema<Schema>;
}

/** True for this very schema; wrappers such as `.optional()` are the caller's to look into. */
export function isMarkedPersonal(schema: z.core.$ZodType): boolean {
  return personalSchemas.get(schema)?.personal === true;
}
