import { isJourney, type JourneyWorkflow } from '../journey/define-journey';
import { doubleOptIn, preferenceLink } from '../system/journeys';
import type { App } from './define-app';

const SYSTEM_JOURNEYS = { doubleOptIn, preferenceLink } as const;

/**
 * The journeys of an application by name, read from its workflows module, and the engine's own. A
 * journey of the application replaces one of the engine's that has the same name.
 *
 * @throws {Error} a module that exports no journey
 */
export function loadJourneys(app: App): ReadonlyMap<string, JourneyWorkflow> {
  // oxlint-disable-next-line typescript/no-require-imports -- the path is only known at run time
  const module = require(app.workflowsPath) as Record<string, unknown>;
  const journeys = new Map<string, JourneyWorkflow>();
  for (const [name, value] of Object.entries(module))
    if (isJourney(value)) journeys.set(name, value);
  if (journeys.size === 0) {
    throw new Error(
      `Found no journey exported by ${app.workflowsPath}; expected at least one made by defineJourney. Export it there.`,
    );
  }
  for (const [name, journey] of Object.entries(SYSTEM_JOURNEYS)) {
    const wanted = app.systemJourneys?.some((each) => each === name) ?? true;
    if (wanted && !journeys.has(name)) journeys.set(name, journey);
  }
  return journeys;
}
