import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { PreferenceCentreSettings } from '../../texts/preference-centre';
import { createLook, type Look } from '../pages/look';

/** The settings of the pages that customers see. */
export interface CentreSettings {
  readonly settings: PreferenceCentreSettings;
  /** The channels that have a provider. */
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
