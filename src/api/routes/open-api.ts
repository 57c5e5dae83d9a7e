import { answer, anyObject } from '../contract/answers';
import { openApiDocument, packageVersion } from '../contract/open-api';
import { reply, route, type Route } from '../contract/route';

/** @param listed the routes that the document describes */
export function openApiRoute(listed: () => readonly Route[]): Route {
  let document: Record<string, unknown> | undefined;
  return route({
    method: 'GET',
    path: '/openapi.json',
    id: 'getOpenApi',
    group: 'System',
    summary: 'The description of this API for programs: OpenAPI 3.1',
    roles: 'everybody',
    answers: { 200: answer('The document.', anyObject) },
    audit: 'none',
    handle: () => {
      document ??= { ...openApiDocument(listed(), packageVersion()) };
      return reply(200, document);
    },
  });
}
