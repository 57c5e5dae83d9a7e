import type { Journey } from './journey';
import type { EnrollmentStart, EnrollmentResult } from './protocol';
import type { HasPurpose, JourneyOptions, TriggerEventOf } from './options';
import { runJourney } from './run-journey';

/**
 * A journey: the workflow function that Temporal runs, and the options that routing reads.
 *
 * @example
 * const welcome: JourneyWorkflow = defineJourney({ trigger: on('Application Installed') }, async (j) => {
 *   await j.sleep('1 day');
 * });
 */
export interface JourneyWorkflow<O extends JourneyOptions = JourneyOptions> {
  (start: EnrollmentStart): Promise<EnrollmentResult>;
  /** Triggers, exits, goal and rules; also read outside the workflow sandbox. */
  readonly options: O;
}

/**
 * The function of a journey: its steps from top to bottom.
 *
 * @example
 * const body: JourneyBody<{ trigger: EventTrigger<'Order Completed'> }> = async (j) => {
 *   if ((j.event.properties.total ?? 0) > 100) await j.task('thank', { title: 'Say thank you' });
 * };
 */
export type JourneyBody<O extends JourneyOptions> = (
  j: Journey<TriggerEventOf<O>, HasPurpose<O>>,
) => Promise<void>;

/**
 * Declares a journey: a Temporal workflow whose type is the name under which it is exported.
 *
 * @example
 * export const welcome = defineJourney({ trigger: on('Application Installed') }, async (j) => {
 *   await j.send('onboarding-welcome', { purpose: 'transactional', via: ['email'] });
 * });
 */
export function defineJourney<const O extends JourneyOptions>(
  options: O,
  body: JourneyBody<O>,
): JourneyWorkflow<O> {
  const workflow = (start: EnrollmentStart) =>
    // The j at run time has exactly the methods that the body's types declare.
    runJourney(options, body as (j: Journey) => Promise<void>, start);
  return Object.assign(workflow, { options });
}

/**
 * True for what `defineJourney` returns; the exports of a workflow module may contain other things.
 *
 * @example
 * const journeys = Object.values({ someExport: 1 }).filter(isJourney);
 */
export function isJourney(value: unknown): value is JourneyWorkflow {
  return (
    typeof value === 'function' &&
    typeof (value as Partial<JourneyWorkflow>).options === 'object' &&
    'trigger' in ((value as Partial<JourneyWorkflow>).options ?? {})
  );
}
