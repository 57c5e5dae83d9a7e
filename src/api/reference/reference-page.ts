import type { JsonSchema } from '../contract/json-schema';
import type { OpenApiDocument } from '../contract/open-api';
import { ROUTE_GROUPS, type Route } from '../contract/route';
import { html, type Html } from '../pages/html';
import type { PageContent } from '../pages/layout';
import { curlOf } from './curl';
import { alternativesOf, fieldsOf, typeInWords, type Field } from './schema-fields';

interface Response {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

type Resolve = (reference: string) => JsonSchema;

/** The reference of the API: every route with its parameters, its answers and a curl command. */
export function referencePage(
  routes: readonly Route[],
  document: OpenApiDocument,
): Omit<PageContent, 'status'> {
  const resolve: Resolve = (reference) =>
    reference
      .slice('#/'.length)
      .split('/')
      .reduce<JsonSchema>((part, name) => (part[name] ?? {}) as JsonSchema, {
        components: document.components,
      });
  const groups = ROUTE_GROUPS.map((group) => ({
    group,
    own: routes.filter((route) => route.group === group),
  })).filter(({ own }) => own.length > 0);
  return {
    title: 'API reference',
    body: html`<p>
        Send a key as the user name of HTTP basic authentication, with an empty password, or as a
        bearer token. The role <code>operate</code> includes <code>read</code>; a key with the role
        <code>admin</code> may call every route. For programs there is
        <a href="/openapi.json">openapi.json</a>.
      </p>
      <p>
        Every error has a <code>code</code> for programs and a <code>message</code> that says what
        to do: <code>{"error": {"code": "…", "message": "…", "details": {}}}</code>. Unknown fields
        and parameters are refused, except where a route says that it ignores them. Other methods
        are answered with 405 and <code>Allow</code>.
      </p>
      <nav aria-label="Routes">
        ${groups.map(
          ({ group, own }) =>
            html`<h2>${group}</h2>
              <ul class="routes">
                ${own.map(
                  ({ id, method, path }) =>
                    html`<li>
                      <a href="#${id}"><code>${method} ${path}</code></a>
                    </li>`,
                )}
              </ul>`,
        )}
      </nav>
      ${groups.map(
        ({ group, own }) =>
          html`<h2>${group}</h2>
            ${own.map((route) => section(route, document, resolve))}`,
      )}`,
  };
}

function section(route: Route, document: OpenApiDocument, resolve: Resolve): Html {
  const { id, method, path, summary } = route;
  const address = path.replaceAll(/:(\w+)/g, '{$1}');
  const operation = document.paths[address]?.[method.toLowerCase()] ?? {};
  const content = (operation['requestBody'] as Response | undefined)?.content ?? {};
  const body = Object.values(content)[0]?.schema;
  const description = operation['description'] as string | undefined;
  const responses = operation['responses'] as Readonly<Record<string, JsonSchema>>;
  return html`<section class="route" id="${id}" aria-labelledby="${id}-name">
    <h3 id="${id}-name"><code>${method} ${path}</code></h3>
    <p>${withCode(`${summary}. ${description ?? ''}`)}</p>
    ${parameters(operation, resolve)}
    ${
      body === undefined
        ? ''
        : html`<h4>Body (${Object.keys(content).join(' or ')})</h4>
            ${alternatives(body, resolve)}`
    }
    <h4>Answers</h4>
    ${Object.entries(responses).map(([status, response]) => answer(status, response, resolve))}
    <ul class="errors">
      ${Object.entries(responses).map(([status, response]) => refusal(status, response, resolve))}
    </ul>
    <h4>Example</h4>
    <pre>${curlOf(route, body, resolve)}</pre>
  </section>`;
}

function parameters(operation: JsonSchema, resolve: Resolve): Html | string {
  const all = (operation['parameters'] ?? []) as readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  if (all.length === 0) return '';
  return html`<h4>Parameters</h4>
    ${table(
      all.map((each) => ({
        name: each.name,
        type: typeInWords(each.schema, resolve),
        required: each.required,
        description: `${each.in === 'path' ? 'In the path.' : 'In the query.'} ${each.description ?? ''}`,
      })),
    )}`;
}

function answer(status: string, response: JsonSchema, resolve: Resolve): Html | string {
  if (isReference(response)) return '';
  const { description, content = {} } = response as unknown as Response;
  const schema = content['application/json']?.schema;
  const types = schema === undefined ? ` (${Object.keys(content).join(' or ')})` : '';
  const line = html`<p><strong>${status}</strong> ${description}${types}</p>`;
  if (schema === undefined || Number(status) >= 400) return line;
  return html`${line}
    <details>
      <summary>Fields of the answer</summary>
      ${alternatives(schema, resolve)}
    </details>`;
}

/** An error response; the document has those as components. */
function refusal(status: string, response: JsonSchema, resolve: Resolve): Html | string {
  if (!isReference(response)) return '';
  const { description } = resolve(String(response['$ref'])) as unknown as Response;
  return html`<li><strong>${status}</strong> ${description}</li>`;
}

function isReference(response: JsonSchema): boolean {
  return response['$ref'] !== undefined;
}

/** What is between backticks, as code. */
function withCode(text: string): readonly (Html | string)[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function alternatives(schema: JsonSchema, resolve: Resolve): readonly Html[] {
  return alternativesOf(schema, resolve).map((each, index) => {
    const fields = fieldsOf(each, resolve);
    const or = index === 0 ? '' : html`<p>or</p>`;
    return fields.length === 0
      ? html`${or}
          <p class="soft">${typeInWords(each, resolve)}</p>`
      : html`${or} ${table(fields)}`;
  });
}

function table(fields: readonly Field[]): Html {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${fields.map(
          ({ name, type, required, description }) =>
            html`<tr>
              <td><code>${name}</code></td>
              <td>${type}${required ? '' : html` <span class="soft">(optional)</span>`}</td>
              <td>${withCode(description)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
