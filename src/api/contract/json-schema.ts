import { z } from 'zod';

/** JSON Schema, draft 2020-12, which is what OpenAPI 3.1 uses. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const documented = new WeakMap<z.core.$ZodType, JsonSchema>();

/** Describes a schema whose input JSON Schema cannot express by itself. */
export function document<Schema extends z.ZodType>(schema: Schema, as: JsonSchema): Schema {
  documented.set(schema, as);
  return schema;
}

/** The components that schemas refer to, by id. */
export type Components = Map<string, JsonSchema>;

/**
 * The JSON Schema of what travels. Schemas with an id become components.
 *
 * @param answer whether an answer is described: a field that is added later breaks no client, so
 *   answers are open to further fields
 */
export function toJsonSchema(
  schema: z.ZodType,
  components: Components,
  { answer }: { readonly answer: boolean },
): JsonSchema {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const given = documented.get(zodSchema);
      if (given !== undefined) {
        for (const name of Object.keys(jsonSchema)) delete jsonSchema[name];
        Object.assign(jsonSchema, given);
      }
      // The format says it; the pattern is a page long.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (answer && jsonSchema.additionalProperties === false) {
        delete jsonSchema.additionalProperties;
      }
      if (Object.keys(jsonSchema.propertyNames ?? {}).join() === 'type') {
        delete jsonSchema.propertyNames;
      }
    },
  });
  for (const [id, definition] of Object.entries($defs)) {
    const { id: _id, ...component } = withComponentRefs(definition) as Record<string, unknown>;
    components.set(id, component);
  }
  return withComponentRefs(root) as JsonSchema;
}

function withComponentRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponentRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      name === '$ref' && typeof each === 'string'
        ? each.replace('#/$defs/', '#/components/schemas/')
        : withComponentRefs(each),
    ]),
  );
}
