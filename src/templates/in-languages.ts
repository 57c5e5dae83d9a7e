import { DEFAULT_LANGUAGE, LANGUAGES, type Language } from '../texts/languages';

/** Liquid that assigns `language`: the first part of the customer's locale. */
const ASSIGN_LANGUAGE = `{% assign language = locale | downcase | replace: '_', '-' | split: '-' | first %}`;

/**
 * Liquid that renders a text in the customer's language, or in English where there is no text in
 * their language.
 *
 * @param texts the text in each language; each may contain Liquid
 * @example
 * const subject = inLanguages({ en: 'Your link', de: 'Ihr Link', fr: 'Votre lien' });
 */
export function inLanguages(texts: Readonly<Record<Language, string>>): string {
  const branches = LANGUAGES.filter((each) => each !== DEFAULT_LANGUAGE).map(
    (each) => `{% when '${each}' %}${texts[each]}`,
  );
  return `${ASSIGN_LANGUAGE}{% case language %}${branches.join('')}{% else %}${texts[DEFAULT_LANGUAGE]}{% endcase %}`;
}
