import { TemplateError, type TemplateErrorPlace } from './template-error';

const RUNS_CODE = /^\s*(javascript|data|vbscript|file|blob):/i;

/**
 * The link of a push or an inbox entry: a path, an http(s) URL or an app's own scheme. A value from
 * an event could otherwise make it run code where it is shown.
 *
 * @throws {TemplateError}
 */
export function safeLink(place: TemplateErrorPlace, rendered: string): string {
  const link = rendered.trim().replace(/\p{Cc}+/gu, '');
  if (link === '' || RUNS_CODE.test(link)) {
    throw new TemplateError(
      place,
      'Found a link that is empty or runs code; expected a path, an https URL or an app link. Check the value that it is made from.',
    );
  }
  return link;
}
