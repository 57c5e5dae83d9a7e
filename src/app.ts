import { isJourney, type JourneyWorkflow } from './journey/define-journey';
import type { CatalogueShape } from './journey/register';
import type { ChannelKind } from './domain/channel-kind';
import type { Duration } from './domain/duration';
import type { CapRule } from './domain/pacing/caps';
import type { QuietHours } from './domain/pacing/quiet-hours';

/** How long things are kept; for ever where nothing is said. */
export interface Retention {
  /** After this, whole months of events are dropped; their totals by name stay. */
  readonly events?: Duration;
  /** After this, messages lose their content and address; the rows stay to be counted. */
  readonly messages?: Duration;
}

/** The limits that marketing sets over all journeys. */
export interface Policy {
  /** The most marketing messages that one customer gets in a window. All rules must hold. */
  readonly caps: readonly CapRule[];
  readonly quietHours: readonly QuietHours[];
  /** The zone of customers who have told none. */
  readonly defaultZone: string;
  /** The locale of customers who have told none. */
  readonly defaultLocale: string;
  /** What one message costs on each channel, in the shop's currency; 0 where absent. */
  readonly costs: Partial<Readonly<Record<ChannelKind, number>>>;
  readonly retention?: Retention;
}

/** An application of Throughline: its journeys, what they name, and its limits. */
export interface App {
  /**
   * The module that exports the journeys, as `require.resolve` gives it. It is loaded twice: into
   * the workflow sandbox, and by routing, which reads the triggers.
   */
  readonly workflowsPath: string;
  readonly catalogue: CatalogueShape;
  readonly policy: Policy;
}

/**
 * @example
 * export const app = defineApp({
 *   workflowsPath: require.resolve('./journeys'),
 *   catalogue,
 *   policy: { caps: [{ name: 'weekly', max: 3, window: '7 days' }], quietHours: [], defaultZone: 'Europe/Berlin', defaultLocale: 'en', costs: { email: 0.001 } },
 * });
 */
export function defineApp(app: App): App {
  return app;
}

/** The journeys of an application by name, read from its workflows module. */
export function loadJourneys(app: App): ReadonlyMap<string, JourneyWorkflow> {
  // oxlint-disable-next-line typescript/no-require-imports -- a path that is known at run time only
  const module = require(app.workflowsPath) as Record<string, unknown>;
  const journeys = new Map<string, JourneyWorkflow>();
  for (const [name, value] of Object.entries(module))
    if (isJourney(value)) journeys.set(name, value);
  if (journeys.size === 0) {
    throw new Error(
      `Found no journey exported by ${app.workflowsPath}; expected at least one made by defineJourney. Export it there.`,
    );
  }
  return journeys;
}
