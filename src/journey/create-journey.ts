import { patched } from '@temporalio/workflow';
import { assign } from '../domain/experiments/assign';
import type { AssignmentKind } from '../domain/experiments/exposure';
import type { JsonObject } from '../domain/json';
import { engine } from './engine';
import type { JourneyWrite } from './engine-activities';
import { ExposureLog } from './exposure-log';
import type { Journey, TaskOptions, TaskOutcome } from './journey';
import { misuse } from './misuse';
import type { JourneyOptions } from './options';
import type { EnrollmentRun } from './enrollment-run';
import { send, type UntypedSendOptions } from './steps/send';
import { sleep, sleepUntil, type UntypedMoment } from './steps/sleep';
import { task } from './steps/task';
import { latest, waitFor, type UntypedWaitOptions } from './steps/wait-for';

/** Thrown by `j.exit()`. */
export class JourneyExit extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`The journey called j.exit: ${reason}`);
    this.name = 'JourneyExit';
    this.reason = reason;
  }
}

/** Builds the `j` that the body receives: each method is one step of the enrollment run. */
export function createJourney(run: EnrollmentRun, options: JourneyOptions): Journey {
  const { start, enrollmentId, journey } = run;
  const { customerId } = start;
  const write = (step: number): JourneyWrite => ({
    id: `${enrollmentId}.${step}`,
    customerId,
    enrollmentId,
    now: Date.now(),
  });
  const exposures = new ExposureLog();
  // Logged outside of the step, so that a recorded step of an earlier run is logged again.
  const choose = async (kind: AssignmentKind, name: string) => {
    const assignment = await run.step(`${kind} ${name}`, () =>
      engine.assign({ customerId, enrollmentId, journey, kind, name, now: Date.now() }),
    );
    exposures.add({ kind, name, ...assignment });
    return assignment.arm;
  };

  // One step per method. The public interface is typed by the catalogue; this implementation is not.
  const untyped = {
    customerId,
    enrollmentId,
    key: start.key,
    event: start.event ?? undefined,
    send: (template: string, given: UntypedSendOptions) => {
      const taken = exposures.take();
      return run.step(`send ${template}`, (step) =>
        send(run, step, template, given, taken, options.purpose),
      );
    },
    waitFor: (event: string | readonly string[], given: UntypedWaitOptions = {}) =>
      run.step('waitFor', () => waitFor(run, event, given)),
    latest: (event: string | readonly string[]) => run.step('latest', () => latest(run, event)),
    sleep: (duration: Parameters<Journey['sleep']>[0]) =>
      run.step('sleep', () => sleep(run, duration)),
    sleepUntil: (moment: UntypedMoment) => run.step('sleepUntil', () => sleepUntil(run, moment)),
    experiment: (name: string) => choose('experiment', name),
    flag: async (name: string) => (await choose('flag', name)) === 'on',
    split: (name: string, weights: Readonly<Record<string, number>>) =>
      run.step(`split ${name}`, () => Promise.resolve(split(run, name, weights))),
    read: () => run.step('read', () => engine.readTraits({ customerId })),
    inSegment: (segment: string) =>
      run.step(`inSegment ${segment}`, () =>
        engine.inSegment({ customerId, segment, now: Date.now() }),
      ),
    setTraits: (traits: JsonObject) =>
      run.step('setTraits', (step) => engine.setTraits({ ...write(step), traits })),
    track: (event: string, properties: JsonObject) =>
      run.step(`track ${event}`, (step) => engine.track({ ...write(step), event, properties })),
    enroll: (into: string, given: { key?: string; data?: JsonObject } = {}) =>
      run.step(`enroll ${into}`, (step) =>
        engine.enroll({
          ...write(step),
          journey: into,
          key: given.key ?? '',
          data: given.data ?? {},
        }),
      ),
    task: (kind: string, given: TaskOptions): Promise<TaskOutcome> =>
      run.step(`task ${kind}`, (step) => task(run, write(step), kind, given)),
    now: () => run.step('now', () => Promise.resolve(Date.now())),
    step: <T>(name: string, work: () => Promise<T>) => run.step(`step ${name}`, work),
    patched: (change: string) =>
      run.step(`patched ${change}`, () => Promise.resolve(patched(change))),
    exit: (reason: string) => Promise.reject(new JourneyExit(reason)),
  };
  return untyped as unknown as Journey;
}

/** Sticky, because it depends only on the customer and the names. */
function split(
  run: EnrollmentRun,
  name: string,
  weights: Readonly<Record<string, number>>,
): string {
  const { journey } = run;
  const { customerId } = run.start;
  try {
    return assign({ seed: `split:${journey}:${name}`, unit: customerId, arms: weights }).arm;
  } catch (error) {
    throw misuse((error as Error).message);
  }
}
