import { TEXTS, type Language } from '../../texts/languages';
import type { PreferenceCentreSettings } from '../../texts/preference-centre';
import { isTransactional } from '../../domain/purpose';
import type { WhyMessage } from '../../db/read-models/customers/why-message';
import { html } from './html';
import type { PageContent } from './layout';
import { byChannel, dateInWords, topicInWords } from './words';

/** Why a message was sent, from the record of its decision, in the customer's language. */
export function whyPage(given: {
  readonly settings: PreferenceCentreSettings;
  readonly language: Language;
  readonly zone: string;
  readonly message: WhyMessage | undefined;
  /** The link back, relative to the page. */
  readonly centre: string;
}): PageContent {
  const { settings, language, zone, message, centre } = given;
  const { why } = TEXTS[language];
  const lines = message === undefined ? [why.gone] : reasons(settings, language, zone, message);
  return {
    title: why.title,
    body: html`<div class="card">
        <ul>
          ${lines.map((line) => html`<li><p>${line}</p></li>`)}
        </ul>
      </div>
      <p><a href="${centre}">${why.change}</a></p>`,
  };
}

function reasons(
  settings: PreferenceCentreSettings,
  language: Language,
  zone: string,
  message: WhyMessage,
): readonly string[] {
  const { why } = TEXTS[language];
  const { sources } = why;
  const by = byChannel(message.channel, language);
  const on = (at: Date, time?: 'time') => dateInWords(at, language, zone, time);
  const consent = message.consent;
  return [
    message.sentAt === null
      ? why.waits(by)
      : why.what(message.subject, by, on(message.sentAt, 'time')),
    ...(isTransactional(message.purpose) ? [why.transactional] : []),
    ...(consent === null
      ? []
      : [
          why.consent(
            topicInWords(settings, message.purpose, language),
            by,
            on(consent.at),
            (Object.hasOwn(sources, consent.source) ? sources[consent.source] : undefined) ??
              why.unknownSource,
          ),
        ]),
    ...(message.cause === null ? [] : [why.event(message.cause.name, on(message.cause.at))]),
    ...(message.waitedUntil === null ? [] : [why.waited(on(message.waitedUntil, 'time'))]),
    ...(message.sentInAWeek === null ? [] : [why.count(message.sentInAWeek)]),
  ];
}
