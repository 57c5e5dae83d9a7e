import { isChannelKind, type ChannelKind } from '../../domain/channels/channel-kind';
import type { Choices } from '../../domain/consent/choices';
import {
  areQuietHours,
  isBestTime,
  MAX_PER_WEEK,
  type Preferences,
} from '../../domain/consent/preferences';

/** The choices that a form contains. */
export interface ChosenForm {
  /** What was ticked when the page was shown. */
  readonly was: Choices;
  readonly chosen: Choices;
  readonly preferences: Pick<Preferences, 'maxPerWeek' | 'digest' | 'quietHours' | 'bestTime'>;
  readonly problems: readonly ('quiet' | 'channel' | 'choice')[];
}

type Fields = readonly (readonly [name: string, value: string])[];

/**
 * Reads the page's form. Only topics and channels that the page offers are accepted; any other choice
 * is a problem, and a form with a problem must not be saved.
 */
export function readChoices(
  fields: Fields,
  offered: { readonly topics: readonly string[]; readonly channels: readonly ChannelKind[] },
): ChosenForm {
  const all = (name: string) => fields.filter(([each]) => each === name).map(([, value]) => value);
  const one = (name: string) => all(name)[0] ?? '';
  const topics = (name: string) =>
    new Set(all(name).filter((value) => offered.topics.includes(value)));
  const channels = (name: string) =>
    new Set(
      all(name)
        .filter(isChannelKind)
        .filter((value) => offered.channels.includes(value)),
    );
  const was = { topics: topics('was-topic'), channels: channels('was-channel') };
  const chosen = { topics: topics('topic'), channels: channels('channel') };

  const [most, digest, best] = [one('most'), one('digest'), one('best')];
  const [from, to] = [one('quiet-from'), one('quiet-to')];
  const quiet = from !== '' || to !== '';
  const strange =
    (most !== '' && !(/^\d{1,2}$/.test(most) && Number(most) <= MAX_PER_WEEK)) ||
    !['', 'off', 'daily', 'weekly'].includes(digest) ||
    (best !== '' && !isBestTime(best)) ||
    all('topic').length !== chosen.topics.size ||
    all('channel').length !== chosen.channels.size;
  return {
    was,
    chosen,
    preferences: {
      maxPerWeek: strange || most === '' ? null : Number(most),
      digest: digest === 'daily' || digest === 'weekly' ? digest : null,
      quietHours: quiet ? { from, to } : null,
      bestTime: isBestTime(best) ? best : null,
    },
    problems: [
      ...(chosen.topics.size > 0 && chosen.channels.size === 0 ? (['channel'] as const) : []),
      ...(quiet && !areQuietHours(from, to) ? (['quiet'] as const) : []),
      ...(strange ? (['choice'] as const) : []),
    ],
  };
}
