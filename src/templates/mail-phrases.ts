import { LANGUAGES, TEXTS, type Language } from '../texts/languages';
import type { Texts } from '../texts/texts';
import { inLanguages } from './in-languages';

/**
 * Liquid that renders the tag of the language in which `inLanguages` renders, for `lang="..."`.
 *
 * @example
 * const opening = `<mjml lang="${languageTag}">`;
 */
export const languageTag = inLanguages(inEach((_texts, language) => language));

/**
 * The small print of messages in every language, as Liquid. All but `smsStop` are escaped for MJML.
 *
 * @example
 * const smallPrint = `<mj-text>${mailPhrases.because.order} <a href="{{ links.preferences }}">${mailPhrases.choose}</a></mj-text>`;
 */
export const mailPhrases = {
  /** Why the recipient gets this mail. */
  because: {
    order: forMjml(({ mail }) => mail.because.order),
    appointment: forMjml(({ mail }) => mail.because.appointment),
    request: forMjml(({ mail }) => mail.because.request),
    marketing: forMjml(({ mail }) => mail.because.marketing),
  },
  /** The label of the link that unsubscribes. */
  unsubscribe: forMjml(({ mail }) => mail.unsubscribe),
  /** The label of the link to the preference centre. */
  choose: forMjml(({ mail }) => mail.choose),
  /** How to end marketing text messages. */
  smsStop: inLanguages(inEach(({ mail }) => mail.stop)),
} as const;

function forMjml(pick: (texts: Texts) => string): string {
  return inLanguages(
    inEach((texts) => pick(texts).replaceAll('&', '&amp;').replaceAll('<', '&lt;')),
  );
}

function inEach(pick: (texts: Texts, language: Language) => string): Record<Language, string> {
  return Object.fromEntries(
    LANGUAGES.map((language) => [language, pick(TEXTS[language], language)]),
  ) as Record<Language, string>;
}
