import { TemplateError, type TemplateErrorPlace } from './template-error';

const RUNS_CODE = /^\s*(javascript|data|vbscript|file|blob):/i;

/**
 * Accepts the link of a push or an inbox item if it is a path, an http(s) URL or has an app's own scheme.
 * Otherwise a value from an event could inject a link that runs code.
 *
 * @throws {TemplateError}
 */
export function safeLink(place: TemplateErrorPlace, rendered: string): string {
  const link = rendered.trim().replace(/\p{Cc}+/gu, '');
  if (link === '' || RUNS_CODE.test(link)) {
    throw new TemplateError(
      place,
      'Found a link that is empty or runs code; expected a path, an https URL or an app link. Check the value in the link.',
    );
  }
  return link;
}
