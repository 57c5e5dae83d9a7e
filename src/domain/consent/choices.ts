import type { ChannelKind } from '../channels/channel-kind';
import { consentState, type ConsentRecord, type ConsentState } from './consent';
import type { PreferenceChange, Preferences } from './preferences';

/** What is ticked in the preference centre. */
export interface Choices {
  readonly topics: ReadonlySet<string>;
  readonly channels: ReadonlySet<ChannelKind>;
}

/** The changes of consents and preferences that follow from a customer's choices. */
export interface Statements {
  readonly consents: readonly {
    readonly channel: ChannelKind | '*';
    readonly purpose: string;
    readonly state: ConsentState;
  }[];
  readonly preferences: Required<Pick<PreferenceChange, 'channels' | 'topics'>>;
}

/**
 * What is ticked for a customer: the topics that they are subscribed to and have not turned off, and
 * the channels with a subscription that they have not turned off. Nothing is ticked that they never
 * agreed to.
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
 * The changes that follow from a customer's choices; an unchanged choice changes nothing. Unticking
 * a topic withdraws the consent to it on every channel. Unticking a channel turns it off and keeps
 * its consents for when it is turned on again. Ticking is consent: to a topic on each ticked
 * channel, and to a channel for each ticked topic.
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
