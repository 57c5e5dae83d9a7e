import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isMedia, type AnswerDeclaration } from './answers';
import { errorBody, trackingErrorBody } from './error-body';
import { errorsOf } from './errors-of';
import { toJsonSchema, type Components, type JsonSchema } from './json-schema';
import { rolesInWords } from './roles-in-words';
import { ROUTE_GROUPS, type Route } from './route';

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: JsonSchema;
  readonly tags: readonly JsonSchema[];
  readonly security: readonly JsonSchema[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: JsonSchema;
}

const KEY = [{ basic: [] }, { bearer: [] }] as const;

/** Describes routes as OpenAPI, by their declarations. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const components: Components = new Map();
  const errors = new ErrorResponses();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    const address = openApiPath(route.path);
    paths[address] = {
      ...paths[address],
      [route.method.toLowerCase()]: operationOf(route, components, errors),
    };
  }
  const groups = ROUTE_GROUPS.filter((group) => routes.some((route) => route.group === group));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Throughline',
      version,
      description:
        'Send a key as the user name of HTTP basic authentication (with an empty password) or as a bearer token. Every error has a code for programs and a message that says what to do.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: groups.map((name) => ({ name })),
    security: KEY,
    paths,
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'The key as the user name.' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The key as the token.' },
      },
      responses: errors.components,
      schemas: Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** The version of this package. */
export function packageVersion(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    try {
      const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch (error) {
      if (folder === path.dirname(folder)) throw error;
    }
  }
}

function openApiPath(expressPath: string): string {
  return expressPath.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(route: Route, components: Components, errors: ErrorResponses): JsonSchema {
  const { id, group, summary, roles, body } = route;
  const parameters = [
    ...Object.entries(route.params).map(([name, schema]) => ({
      name,
      in: 'path',
      required: true,
      ...parameterSchema(toJsonSchema(schema, components, { answer: false })),
    })),
    ...Object.entries(route.query).map(([name, schema]) => ({
      name,
      in: 'query',
      required: !schema.safeParse(undefined).success,
      ...parameterSchema(toJsonSchema(schema, components, { answer: false })),
    })),
  ];
  return {
    operationId: id,
    tags: [group],
    summary,
    description: descriptionOf(route),
    ...(roles === 'everybody' && { security: [] }),
    ...(route.keyless !== undefined && { security: [...KEY, {}] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: {
        required: body.required,
        content: Object.fromEntries(
          body.mediaTypes.map((type) => [
            type,
            { schema: toJsonSchema(body.schema, components, { answer: false }) },
          ]),
        ),
      },
    }),
    responses: responsesOf(route, components, errors),
  };
}

/** The description belongs to the parameter, which documents show beside its name. */
function parameterSchema({ description, ...schema }: JsonSchema): JsonSchema {
  return { ...(description !== undefined && { description }), schema };
}

/** What the reference and the document say of a route, in sentences. */
function descriptionOf({ description, roles, keyless, otherQuery, audit }: Route): string {
  const sentences = [
    description,
    roles === 'everybody' ? 'Needs no key.' : `Needs a key with the role ${rolesInWords(roles)}.`,
    keyless,
    otherQuery === 'ignored' ? 'Other query parameters are ignored.' : undefined,
    audit === 'none' ? undefined : 'The audit log records it.',
  ];
  return sentences.filter((each) => each !== undefined).join(' ');
}

function responsesOf(route: Route, components: Components, errors: ErrorResponses): JsonSchema {
  const responses: Record<string, JsonSchema> = {};
  for (const [status, codes] of errorsOf(route)) {
    const description = `Codes: ${codes.join(', ')}.`;
    const content = errorContent(route, components);
    responses[status] = errors.refer(status, { description, content });
  }
  for (const [status, declared] of Object.entries(route.answers)) {
    const { description } = declared;
    const hasErrors = errorsOf(route).has(Number(status));
    const content = contentOf(declared, components);
    responses[status] = {
      description,
      // A status may have a declared answer and errors as well.
      content: hasErrors ? merged(content, errorContent(route, components)) : content,
    };
  }
  return responses;
}

/** Equal error responses of several routes become one component. */
class ErrorResponses {
  readonly components: Record<string, JsonSchema> = {};
  readonly #names = new Map<string, string>();

  refer(status: number, response: JsonSchema): JsonSchema {
    const text = JSON.stringify([status, response]);
    let name = this.#names.get(text);
    if (name === undefined) {
      const others = Object.keys(this.components).filter((each) => each.startsWith(`${status}-`));
      name = `${status}-${others.length + 1}`;
      this.#names.set(text, name);
      this.components[name] = response;
    }
    return { $ref: `#/components/responses/${name}` };
  }
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

function contentOf(declared: AnswerDeclaration, components: Components): Content {
  return isMedia(declared)
    ? Object.fromEntries(declared.mediaTypes.map((type) => [type, { schema: fileSchema(type) }]))
    : {
        'application/json': { schema: toJsonSchema(declared.schema, components, { answer: true }) },
      };
}

function errorContent({ errorFormat }: Route, components: Components): Content {
  if (errorFormat === 'page') return { 'text/html': { schema: fileSchema('text/html') } };
  const schema = errorFormat === 'tracking' ? trackingErrorBody : errorBody;
  return { 'application/json': { schema: toJsonSchema(schema, components, { answer: true }) } };
}

function fileSchema(mediaType: string): JsonSchema {
  return mediaType.startsWith('text/') ? { type: 'string' } : {};
}

function merged(content: Content, errors: Content): Content {
  const both = { ...errors, ...content };
  const [answer, error] = [content['application/json'], errors['application/json']];
  return answer === undefined || error === undefined
    ? both
    : { ...both, 'application/json': { schema: { anyOf: [answer.schema, error.schema] } } };
}
