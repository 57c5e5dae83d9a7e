import type { JsonSchema } from '../contract/json-schema';

/** A field of a body or an answer, as the reference shows it. */
export interface Field {
  /** With the fields around it: `filter.paused`, `items[].id`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

type Resolve = (reference: string) => JsonSchema;

const MAX_DEPTH = 3;

/** The fields of an object, those of objects within it included. */
export function fieldsOf(schema: JsonSchema, resolve: Resolve, depth = 0): readonly Field[] {
  const { schema: object, suffix } = innerObject(follow(schema, resolve), resolve);
  const properties = (object['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const required = (object['required'] ?? []) as readonly string[];
  return Object.entries(properties).flatMap(([name, property]) => {
    const field: Field = {
      name: suffix + name,
      type: typeInWords(property, resolve),
      required: required.includes(name),
      description: descriptionOf(property, resolve),
    };
    if (depth === MAX_DEPTH) return [field];
    const inner = fieldsOf(property, resolve, depth + 1).map((each) => ({
      ...each,
      name: `${field.name}${each.name.startsWith('[') ? '' : '.'}${each.name}`,
    }));
    return [field, ...inner];
  });
}

/** The alternatives of a schema; the schema itself where it has none. */
export function alternativesOf(schema: JsonSchema, resolve: Resolve): readonly JsonSchema[] {
  const followed = follow(schema, resolve);
  const alternatives = followed['anyOf'] as readonly JsonSchema[] | undefined;
  return alternatives === undefined ? [followed] : alternatives;
}

export function typeInWords(schema: JsonSchema, resolve: Resolve): string {
  const { type, format, anyOf, items, const: constant, enum: choices } = follow(schema, resolve);
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(choices)) return choices.map((each) => JSON.stringify(each)).join(' | ');
  if (Array.isArray(anyOf)) {
    const types = (anyOf as readonly JsonSchema[]).map((each) => typeInWords(each, resolve));
    return [...new Set(types)].join(' | ');
  }
  if (type === 'array') return `${typeInWords((items ?? {}) as JsonSchema, resolve)}[]`;
  if (Array.isArray(type)) return type.join(' | ');
  if (typeof type !== 'string') return 'any';
  return typeof format === 'string' ? format : type;
}

function descriptionOf(schema: JsonSchema, resolve: Resolve): string {
  const described = schema['description'] ?? follow(schema, resolve)['description'];
  return typeof described === 'string' ? described : '';
}

function follow(schema: JsonSchema, resolve: Resolve): JsonSchema {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? resolve(reference) : schema;
}

/** The object that a schema is, or lists, or may be beside null. */
function innerObject(
  schema: JsonSchema,
  resolve: Resolve,
): { readonly schema: JsonSchema; readonly suffix: string } {
  if (schema['type'] === 'array') {
    const inner = innerObject(follow((schema['items'] ?? {}) as JsonSchema, resolve), resolve);
    return { schema: inner.schema, suffix: `[].${inner.suffix}` };
  }
  const alternatives = (schema['anyOf'] ?? []) as readonly JsonSchema[];
  const objects = alternatives
    .map((each) => follow(each, resolve))
    .filter((each) => each['type'] === 'object' || each['type'] === 'array');
  const [only] = objects;
  return only !== undefined && objects.length === 1
    ? innerObject(only, resolve)
    : { schema, suffix: '' };
}
