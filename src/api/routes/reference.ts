import { page } from '../contract/answers';
import { openApiDocument, packageVersion } from '../contract/open-api';
import { route, SENT, type Route } from '../contract/route';
import { sendPage } from '../pages/layout';
import { createLook } from '../pages/look';
import { REFERENCE_RULES } from '../pages/reference-style';
import { referencePage } from '../reference/reference-page';

/** @param listed the routes that the reference describes, as far as this deployment has them */
export function referenceRoute(listed: () => readonly Route[]): Route {
  const look = createLook({}, REFERENCE_RULES);
  return route({
    method: 'GET',
    path: '/reference',
    id: 'getReference',
    group: 'System',
    summary: 'The description of this API for people',
    roles: 'everybody',
    answers: { 200: page('The reference.') },
    audit: 'none',
    handle: (deps, { response }) => {
      const routes = listed().filter((each) => each.available?.(deps) ?? true);
      const document = openApiDocument(routes, packageVersion());
      sendPage(response, referencePage(routes, document), {
        look,
        language: 'en',
        choice: false,
      });
      return SENT;
    },
  });
}
