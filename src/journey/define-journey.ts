import type { Journey } from './journey';
import type { EnrollmentStart, EnrollmentResult } from './protocol';
import type { HasPurpose, JourneyOptions, TriggerEventOf } from './options';
import { runJourney } from './run-journey';

/** A journey as Temporal runs it and as routing reads it. */
export interface JourneyWorkflow<O extends JourneyOptions = JourneyOptions> {
  (start: EnrollmentStart): Promise<EnrollmentResult>;
  /** What lets customers in and out; read outside the workflow sandbox too. */
  readonly options: O;
}

export type JourneyBody<O extends JourneyOptions> = (
  j: Journey<TriggerEventOf<O>, HasPurpose<O>>,
) => Promise<void>;

/**
 * Declares a journey: a native Temporal workflow whose type is the name under which it is exported.
 *
 * @example
 * export const welcome = defineJourney({ trigger: on('Signed Up') }, async (j) => {
 *   await j.send('welcome', { purpose: 'transactional', via: ['email'] });
 * });
 */
export function defineJourney<const O extends JourneyOptions>(
  options: O,
  body: JourneyBody<O>,
): JourneyWorkflow<O> {
  const workflow = (start: EnrollmentStart) =>
    // The typed body is called with a j whose methods take and give exactly what its types say.
    runJourney(options, body as (j: Journey) => Promise<void>, start);
  return Object.assign(workflow, { options });
}

export function isJourney(value: unknown): value is JourneyWorkflow {
  return (
    typeof value === 'function' &&
    typeof (value as Partial<JourneyWorkflow>).options === 'object' &&
    'trigger' in ((value as Partial<JourneyWorkflow>).options ?? {})
  );
}
