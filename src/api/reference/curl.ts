import type { JsonSchema } from '../contract/json-schema';
import type { Route } from '../contract/route';

type Resolve = (reference: string) => JsonSchema;

/** A command that calls a route. */
export function curlOf(route: Route, body: JsonSchema | undefined, resolve: Resolve): string {
  const { method, roles } = route;
  const address = route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    return exampleOf(route.params[name]?.meta()?.['examples']) ?? name.toUpperCase();
  });
  const options = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(roles === 'everybody' ? [] : ['-u $KEY:']),
  ];
  const command = ['curl', ...options, `http://localhost:3000${address}`].join(' ');
  const [mediaType] = route.body?.mediaTypes ?? [];
  if (body === undefined || mediaType === undefined) return command;
  const example = exampleBody(body, resolve);
  return mediaType === 'application/json'
    ? `${command} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(example)}'`
    : `${command} \\\n  ${Object.entries(example as object)
        .map(([name, value]) => `-d '${name}=${String(value)}'`)
        .join(' ')}`;
}

function exampleOf(examples: unknown): string | undefined {
  const [first]: readonly unknown[] = Array.isArray(examples) ? examples : [];
  return typeof first === 'string' ? first : undefined;
}

/** A small value that fits a schema: what is required, and nothing else. */
function exampleBody(schema: JsonSchema, resolve: Resolve): unknown {
  if (typeof schema['$ref'] === 'string') return exampleBody(resolve(schema['$ref']), resolve);
  const { examples, const: constant, enum: choices, anyOf, type } = schema;
  if (Array.isArray(examples)) return examples[0] as unknown;
  if (constant !== undefined) return constant;
  if (Array.isArray(choices)) return choices[0] as unknown;
  if (Array.isArray(anyOf)) return exampleBody(anyOf[0] as JsonSchema, resolve);
  switch (type) {
    case 'object': {
      const required = (schema['required'] ?? []) as readonly string[];
      const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
      return Object.fromEntries(
        required.map((name) => [name, exampleBody(properties[name] ?? {}, resolve)]),
      );
    }
    case 'array':
      return schema['minItems'] === 1
        ? [exampleBody((schema['items'] ?? {}) as JsonSchema, resolve)]
        : [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return '…';
  }
}
