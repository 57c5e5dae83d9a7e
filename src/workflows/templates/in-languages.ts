import { LANGUAGES, DEFAULT_LANGUAGE, type Language } from '../../texts/languages';

/** The Liquid that holds a customer's language: the first part of their locale. */
const PRIMARY = `{% assign language = locale | downcase | replace: '_', '-' | split: '-' | first %}`;

/** Liquid that says a thing in the customer's language, or in English where we do not speak theirs. */
export function inLanguages(words: Readonly<Record<Language, string>>): string {
  const whens = LANGUAGES.filter((each) => each !== DEFAULT_LANGUAGE).map(
    (each) => `{% when '${each}' %}${words[each]}`,
  );
  return `${PRIMARY}{% case language %}${whens.join('')}{% else %}${words[DEFAULT_LANGUAGE]}{% endcase %}`;
}

/** The tag of the language in which `inLanguages` says it. */
export function languageTag(): string {
  return inLanguages(
    Object.fromEntries(LANGUAGES.map((each) => [each, each])) as Record<Language, string>,
  );
}
