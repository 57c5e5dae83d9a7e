import { patched } from '@temporalio/workflow';
import { assign } from '../domain/experiments/assign';
import type { JsonObject } from '../domain/json';
import { engine } from './engine';
import type { JourneyWrite } from './engine-activities';
import type { Journey, TaskOptions, TaskOutcome } from './journey';
import { misuse } from './misuse';
import type { JourneyOptions } from './options';
import type { Passage } from './passage';
import { send, type UntypedSendOptions } from './steps/send';
import { sleep, sleepUntil, type UntypedMoment } from './steps/sleep';
import { task } from './steps/task';
import { latest, waitFor, type UntypedWaitOptions } from './steps/wait-for';

/** What a `j.exit()` throws through the body. */
export class JourneyExit extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`The journey ended itself: ${reason}`);
    this.name = 'JourneyExit';
    this.reason = reason;
  }
}

/** Builds the `j` that a body gets: each method is one step of the passage. */
export function createJourney(passage: Passage, options: JourneyOptions): Journey {
  const { start, enrollmentId, journey } = passage;
  const { customerId } = start;
  const write = (step: number): JourneyWrite => ({
    id: `${enrollmentId}.${step}`,
    customerId,
    enrollmentId,
    now: Date.now(),
  });
  const choose = (kind: 'experiment' | 'flag', name: string) =>
    passage.step(`${kind} ${name}`, () =>
      engine.assign({ customerId, enrollmentId, journey, kind, name, now: Date.now() }),
    );

  // One step a line. The public interface is typed by the catalogue; what runs here is not.
  const untyped = {
    customerId,
    enrollmentId,
    key: start.key,
    event: start.event ?? undefined,
    send: (template: string, given: UntypedSendOptions) =>
      passage.step(`send ${template}`, (step) =>
        send(passage, step, template, given, options.purpose),
      ),
    waitFor: (event: string | readonly string[], given: UntypedWaitOptions = {}) =>
      passage.step('waitFor', () => waitFor(passage, event, given)),
    latest: (event: string | readonly string[]) =>
      passage.step('latest', () => latest(passage, event)),
    sleep: (duration: Parameters<Journey['sleep']>[0]) =>
      passage.step('sleep', () => sleep(passage, duration)),
    sleepUntil: (moment: UntypedMoment) =>
      passage.step('sleepUntil', () => sleepUntil(passage, moment)),
    experiment: (name: string) => choose('experiment', name),
    flag: async (name: string) => (await choose('flag', name)) === 'on',
    split: (name: string, weights: Readonly<Record<string, number>>) =>
      passage.step(`split ${name}`, () => Promise.resolve(split(passage, name, weights))),
    read: () => passage.step('read', () => engine.readTraits({ customerId })),
    inSegment: (segment: string) =>
      passage.step(`inSegment ${segment}`, () =>
        engine.inSegment({ customerId, segment, now: Date.now() }),
      ),
    setTraits: (traits: JsonObject) =>
      passage.step('setTraits', (step) => engine.setTraits({ ...write(step), traits })),
    track: (event: string, properties: JsonObject) =>
      passage.step(`track ${event}`, (step) => engine.track({ ...write(step), event, properties })),
    enroll: (into: string, given: { key?: string; data?: JsonObject } = {}) =>
      passage.step(`enroll ${into}`, (step) =>
        engine.enroll({
          ...write(step),
          journey: into,
          key: given.key ?? '',
          data: given.data ?? {},
        }),
      ),
    task: (kind: string, given: TaskOptions): Promise<TaskOutcome> =>
      passage.step(`task ${kind}`, (step) => task(passage, write(step), kind, given)),
    now: () => passage.step('now', () => Promise.resolve(Date.now())),
    step: <T>(name: string, run: () => Promise<T>) => passage.step(`step ${name}`, run),
    patched: (change: string) =>
      passage.step(`patched ${change}`, () => Promise.resolve(patched(change))),
    exit: (reason: string) => Promise.reject(new JourneyExit(reason)),
  };
  return untyped as unknown as Journey;
}

/** Sticky, because the customer and the names decide it and nothing else. */
function split(passage: Passage, name: string, weights: Readonly<Record<string, number>>): string {
  const { journey } = passage;
  const { customerId } = passage.start;
  try {
    return assign({ seed: `split:${journey}:${name}`, unit: customerId, arms: weights }).arm;
  } catch (error) {
    throw misuse((error as Error).message);
  }
}
