import { z } from 'zod';

declare const personalData: unique symbol;

/**
 * A value that identifies a person or is an address of theirs. It never enters a workflow, because
 * workflow histories outlive the rows that an erasure deletes.
 */
export type Personal<T> = T extends null | undefined ? T : T & { readonly [personalData]: true };

/** The type of a schema marked by `personal`: the input type is unchanged, the output is branded. */
export type PersonalSchema<Schema extends z.ZodType> = Schema & {
  readonly _zod: { readonly output: Personal<z.output<Schema>> };
};

/** A separate registry, so that a `.meta()` of the application can neither set nor clear the mark. */
const personalSchemas = z.registry<{ readonly personal: true }>();

/**
 * Marks the values of a schema as personal: templates and stores see them, journeys do not.
 *
 * @example
 * const signedUp = z.looseObject({ email: personal(z.string()).optional(), plan: z.string() });
 */
export function personal<Schema extends z.ZodType>(schema: Schema): PersonalSchema<Schema> {
  // A clone, since the same schema may be used elsewhere for non-personal values.
  const marked = schema.clone();
  personalSchemas.add(marked, { personal: true });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand exists in types only
  return marked as PersonalSchema<Schema>;
}

/** Whether this schema itself is marked; the caller unwraps `.optional()` and the like. */
export function isMarkedPersonal(schema: z.core.$ZodType): boolean {
  return personalSchemas.get(schema)?.personal === true;
}
