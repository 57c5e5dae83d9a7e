import type { CatalogueShape } from '../journey/register';
import { systemTemplates } from '../system/mails/system-templates';
import type { ProviderDefinition } from '../channels/define-provider';
import type { ChannelDefinition } from '../domain/channels/channel-definition';
import { registerChannels, type ChannelKind } from '../domain/channels/channel-kind';
import type { Duration } from '../domain/duration';
import type { CapRule } from '../domain/decision/caps';
import type { IdentityPolicy } from '../domain/identity/identifier';
import type { PreferenceCentreSettings } from '../texts/preference-centre';
import type { SoftBounceRule } from '../domain/consent/bounces';
import type { ConsentLifetimes } from '../domain/consent/consent-expiry';
import type { QuietHours } from '../domain/decision/quiet-hours';
import type { LifecycleLimits } from '../domain/profile/lifecycle';
import { engineEventsFor } from '../domain/events/engine';
import type { Segments } from '../domain/segments/condition';

/**
 * How long data is kept; unlimited by default.
 *
 * @example
 * const retention: Retention = { events: '400 days', messages: '90 days' };
 */
export interface Retention {
  /** Afterwards whole months of events are dropped; their totals by name stay. */
  readonly events?: Duration;
  /** Afterwards messages lose their content and address; the rows stay for counts. */
  readonly messages?: Duration;
}

/**
 * The limits that apply across all journeys.
 *
 * @example
 * const policy: Policy = {
 *   caps: [{ name: 'weekly', max: 3, window: '7 days' }],
 *   quietHours: [],
 *   defaultZone: 'Europe/Berlin',
 *   defaultLocale: 'en',
 *   costs: { email: 0.001 },
 * };
 */
export interface Policy {
  /** The maximum of marketing messages to one customer in a time window; all rules apply. */
  readonly caps: readonly CapRule[];
  readonly quietHours: readonly QuietHours[];
  /** The time zone of customers whose zone is unknown. */
  readonly defaultZone: string;
  /** The locale of customers whose locale is unknown. */
  readonly defaultLocale: string;
  /** What one message costs on each channel, in the application's currency; default 0. */
  readonly costs: Partial<Readonly<Record<ChannelKind, number>>>;
  /** How customers are identified; see the defaults of the type. */
  readonly identity?: IdentityPolicy;
  /** The currency of the computed trait `spend`, by ISO 4217. */
  readonly currency?: string;
  /** The limits of the lifecycle stages, such as loyal, at risk and lapsed. */
  readonly lifecycle?: LifecycleLimits;
  /** When the consents of inactive customers expire; see the defaults of the type. */
  readonly consent?: Partial<ConsentLifetimes>;
  /** How many soft bounces suppress an address; see the default of the type. */
  readonly softBounces?: SoftBounceRule;
  readonly retention?: Retention;
}

/**
 * An application of Throughline: its journeys, the catalogue they refer to, and its policy.
 *
 * @example
 * const segmentNames = (app: App) => Object.keys(app.segments ?? {});
 */
export interface App {
  /**
   * The path of the module that exports the journeys, from `require.resolve`. It is loaded twice: into
   * the workflow sandbox, and by routing, which reads the triggers.
   */
  readonly workflowsPath: string;
  readonly catalogue: CatalogueShape;
  /** The segments, created by `defineSegment`, by the names that journeys and the API use. */
  readonly segments?: Segments;
  readonly policy: Policy;
  /**
   * Which of the engine's own journeys run; default: all. `doubleOptIn` asks for the confirmation of
   * a requested subscription, `preferenceLink` sends a new link to the preference centre.
   */
  readonly systemJourneys?: readonly ('doubleOptIn' | 'preferenceLink')[];
  /** The channels of the application, created by `defineChannel`. */
  readonly channels?: readonly ChannelDefinition[];
  /**
   * The providers of the application, created by `defineProvider`. Those of a channel are tried in this
   * order, before those of the engine.
   */
  readonly providers?: readonly ProviderDefinition[];
  /** The look of the preference centre and of the engine's mails, and the names of the topics. */
  readonly preferenceCentre?: PreferenceCentreSettings;
}

/**
 * Declares an application; the module that exports it as `app` is what THROUGHLINE_APP names. Adds to
 * its catalogue the engine's own events and the templates of the engine's journeys
 * (`confirm-subscription`, `subscription-welcome`, `preference-link`), in all languages of the texts. An event, template or journey of the same name in the application replaces the
 * engine's. Its channels are added to those of the engine.
 *
 * @throws {Error} if the kind or wire id of a channel is in use
 * @example
 * export const app = defineApp({
 *   workflowsPath: require.resolve('./journeys'),
 *   catalogue,
 *   policy: {
 *     caps: [{ name: 'weekly', max: 3, window: '7 days' }],
 *     quietHours: [],
 *     defaultZone: 'Europe/Berlin',
 *     defaultLocale: 'en',
 *     costs: { email: 0.001 },
 *   },
 * });
 */
export function defineApp(app: App): App {
  registerChannels(app.channels ?? []);
  const { catalogue, preferenceCentre = {} } = app;
  return {
    ...app,
    catalogue: {
      ...catalogue,
      events: { ...engineEventsFor(catalogue.topics), ...catalogue.events },
      templates: { ...systemTemplates(preferenceCentre), ...catalogue.templates },
    },
  };
}
