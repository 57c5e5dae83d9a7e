import type { ChannelKind } from '../channels/channel-kind';
import { consentState, type ConsentRecord, type ConsentState } from './consent';
import type { PreferenceChange, Preferences } from './preferences';

/** What is ticked on the page where a customer chooses. */
export interface Choices {
  readonly topics: ReadonlySet<string>;
  readonly channels: ReadonlySet<ChannelKind>;
}

/** What a customer says by ticking and unticking. */
export interface Statements {
  readonly consents: readonly {
    readonly channel: ChannelKind | '*';
    readonly purpose: string;
    readonly state: ConsentState;
  }[];
  readonly preferences: Required<Pick<PreferenceChange, 'channels' | 'topics'>>;
}

/**
 * What is ticked for a customer: topics that they are subscribed to and have not turned off, and
 * channels on which they are subscribed to something and that they have not turned off. Nothing is
 * ticked that they never agreed to.
 */
export function choicesOf(given: {
  readonly consents: readonly ConsentRecord[];
  readonly preferences: Preferences;
  readonly topics: readonly string[];
  readonly channels: readonly ChannelKind[];
}): Choices {
  const { consents, preferences, topics, channels } = given;
  const subscribed = (channel: ChannelKind, topic: string) =>
    consentState(consents, channel, topic) === 'subscribed';
  return {
    topics: new Set(
      topics
        .filter((topic) => preferences.topics[topic] !== false)
        .filter((topic) => channels.some((channel) => subscribed(channel, topic))),
    ),
    channels: new Set(
      channels
        .filter((channel) => preferences.channels[channel] !== false)
        .filter((channel) => topics.some((topic) => subscribed(channel, topic))),
    ),
  };
}

/**
 * What a customer says by changing their choices; what they left as it was says nothing. To untick a
 * topic takes the consent to it back, on every channel. To untick a channel turns it off and keeps
 * what they agreed to there, for when they turn it on again. To tick either is consent: a topic on
 * each channel that is ticked, a channel for each topic that is.
 *
 * @param was what was ticked when they saw the page
 */
export function statementsOf(
  was: Choices,
  chosen: Choices,
  consents: readonly ConsentRecord[],
): Statements {
  const topicsOn = [...chosen.topics].filter((topic) => !was.topics.has(topic));
  const topicsOff = [...was.topics].filter((topic) => !chosen.topics.has(topic));
  const channelsOn = [...chosen.channels].filter((channel) => !was.channels.has(channel));
  const channelsOff = [...was.channels].filter((channel) => !chosen.channels.has(channel));
  const agreed = [...chosen.channels].flatMap((channel) =>
    [...chosen.topics]
      .filter((topic) => topicsOn.includes(topic) || channelsOn.includes(channel))
      .filter((topic) => consentState(consents, channel, topic) !== 'subscribed')
      .map((topic) => ({ channel, purpose: topic, state: 'subscribed' as const })),
  );
  const left = topicsOff.map((topic) => {
    return { channel: '*' as const, purpose: topic, state: 'unsubscribed' as const };
  });
  const flags = <K extends string>(on: readonly K[], off: readonly K[]) =>
    Object.fromEntries([...on.map((name) => [name, true]), ...off.map((name) => [name, false])]);
  return {
    consents: [...left, ...agreed],
    preferences: {
      channels: flags(channelsOn, channelsOff),
      topics: flags(topicsOn, topicsOff),
    },
  };
}
