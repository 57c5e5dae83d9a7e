import { answer, anyObject } from '../contract/answers';
import { openApiDocument, packageVersion } from '../contract/open-api';
import { reply, route, type Route } from '../contract/route';

/** @param listed the routes that the document describes, as far as this deployment has them */
export function openApiRoute(listed: () => readonly Route[]): Route {
  return route({
    method: 'GET',
    path: '/openapi.json',
    id: 'getOpenApi',
    group: 'System',
    summary: 'The description of this API for programs: OpenAPI 3.1',
    roles: 'everybody',
    answers: { 200: answer('The document.', anyObject) },
    audit: 'none',
    handle: (deps) => {
      const available = listed().filter((each) => each.available?.(deps) ?? true);
      return reply(200, { ...openApiDocument(available, packageVersion()) });
    },
  });
}
