import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { PreferenceCentreSettings } from '../../texts/preference-centre';
import { createLook, type Look } from '../pages/look';

/** What the pages that customers see are made from; `compose` supplies it. */
export interface CentreSettings {
  readonly settings: PreferenceCentreSettings;
  /** The channels that are set up. */
  readonly channels: readonly ChannelKind[];
  readonly defaultLocale: string;
  readonly defaultZone: string;
}

export interface Centre extends CentreSettings {
  readonly look: Look;
}

const DEFAULT_CENTRE: CentreSettings = {
  settings: {},
  channels: ['email'],
  defaultLocale: 'en',
  defaultZone: 'UTC',
};

export function createCentre(settings: CentreSettings = DEFAULT_CENTRE): Centre {
  return { ...settings, look: createLook(settings.settings) };
}
