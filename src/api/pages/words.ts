import type { ChannelLabel } from '../../domain/channels/channel-definition';
import { channelDefinition } from '../../domain/channels/channel-kind';
import type { PreferenceCentreSettings, TopicWords } from '../../texts/preference-centre';
import { TEXTS, DEFAULT_LANGUAGE, type Language } from '../../texts/languages';

/** The name of a topic in a language, else in English, else its own name. */
export function topicWords(
  settings: PreferenceCentreSettings,
  topic: string,
  language: Language,
): TopicWords {
  const topics = settings.topics ?? {};
  const words = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
  const plain = topic.replaceAll(/[-_]/g, ' ');
  return words?.[language] ?? words?.[DEFAULT_LANGUAGE] ?? { name: capital(plain) };
}

/** A topic within a sentence; `*` stands for all of them. */
export function topicInWords(
  settings: PreferenceCentreSettings,
  topic: string,
  language: Language,
): string {
  return topic === '*' ? TEXTS[language].everything : topicWords(settings, topic, language).name;
}

/** The name of a channel in a language, else in English; the kind of one that was removed. */
export function channelLabel(channel: string, language: Language): ChannelLabel {
  const labels = channelDefinition(channel)?.labels;
  return labels?.[language] ?? labels?.en ?? { name: channel, by: channel };
}

/** A channel within a sentence, such as `by e-mail`; `*` stands for all of them. */
export function byChannel(channel: string, language: Language): string {
  return channel === '*' ? TEXTS[language].anyChannel : channelLabel(channel, language).by;
}

/** `3 June 2026`, or with `time` also the time of day on the customer's clock. */
export function dateInWords(at: Date, language: Language, zone: string, time?: 'time'): string {
  const tag = language === 'en' ? 'en-GB' : language;
  return new Intl.DateTimeFormat(tag, {
    dateStyle: 'long',
    ...(time !== undefined && { timeStyle: 'short' }),
    timeZone: zone,
  }).format(at);
}

/** Enough of an address to recognise it: `a•••@example.org`. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 1 ? `•••${address.slice(-3)}` : `${address.slice(0, 1)}•••${address.slice(at)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
