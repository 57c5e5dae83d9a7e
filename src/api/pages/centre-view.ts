import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { Choices } from '../../domain/consent/choices';
import type { Preferences } from '../../domain/consent/preferences';
import type { Language } from '../../texts/languages';
import type { PreferenceCentreSettings } from '../../texts/preference-centre';

export type ChoiceProblem = 'quiet' | 'channel' | 'choice' | 'stale';

/** Everything that the page shows. */
export interface CentreView {
  readonly settings: PreferenceCentreSettings;
  readonly language: Language;
  readonly zone: string;
  /** Where the messages go, so far as to know it again. */
  readonly address: string | undefined;
  readonly topics: readonly string[];
  readonly channels: readonly ChannelKind[];
  /** What is ticked, and what was when the page was first shown. */
  readonly chosen: Choices;
  readonly was: Choices;
  readonly preferences: Preferences;
  readonly pausedUntil: Date | undefined;
  /** Says, in each form, that somebody has seen this page. */
  readonly formToken: string;
  /** The way to why a message came, relative to the page. */
  readonly why: string;
  /** What came of a post. */
  readonly said?: string | undefined;
  readonly problems?: readonly ChoiceProblem[];
}
