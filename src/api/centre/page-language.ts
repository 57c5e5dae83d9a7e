import type { Request } from 'express';
import { acceptedLanguages, languageOf, type Language } from '../../texts/languages';

/** The language of a page: of the link's parameter, the customer, the browser, or the default. */
export function pageLanguage(
  request: Request,
  given: { readonly locale?: string | null; readonly defaultLocale: string },
): Language {
  const { lang } = request.query;
  return languageOf(
    typeof lang === 'string' ? lang : null,
    given.locale,
    ...acceptedLanguages(request.headers['accept-language']),
    given.defaultLocale,
  );
}
