import { durationMs, MAX_WAIT_MS, type Duration } from '../../domain/duration';
import { dateIn } from '../../domain/schedule/date-in';
import { engine } from '../engine';
import type { SleepResult } from '../journey';
import { misuse } from '../misuse';
import type { EnrollmentRun, WaitEnd } from '../enrollment-run';
import { subscribeTo } from './wait-for';
import { waitLength } from './wait-length';

/** `Moment` without its types, as it is at run time. */
export type UntypedMoment =
  | Date
  | { readonly time: string; readonly weekday?: string; readonly zone?: string }
  | { readonly trait: string; readonly offset?: Duration }
  | {
      readonly property: string;
      readonly of: string | readonly string[];
      readonly offset?: Duration;
    };

export async function sleep(run: EnrollmentRun, duration: Duration): Promise<SleepResult> {
  const length = waitLength(duration);
  if (length === 0) return 'past';
  const until = Date.now() + length;
  return ended(
    await run.wait(
      'sleeping',
      () => until,
      () => false,
    ),
  );
}

export async function sleepUntil(run: EnrollmentRun, moment: UntypedMoment): Promise<SleepResult> {
  if (moment instanceof Date) {
    const at = moment.getTime();
    if (Number.isNaN(at)) throw misuse('Found an invalid Date in sleepUntil; pass a valid one.');
    return sleepTo(run, 'sleeping', () => at);
  }
  if ('time' in moment) {
    const at = await engine.resolveMoment({
      customerId: run.start.customerId,
      now: Date.now(),
      time: moment.time,
      weekday: moment.weekday ?? null,
      zone: moment.zone ?? null,
    });
    return sleepTo(run, `sleeping until ${moment.weekday ?? ''} ${moment.time}`, () => at);
  }
  if ('trait' in moment) return sleepUntilTrait(run, moment.trait, offsetOf(moment.offset));
  const names = typeof moment.of === 'string' ? [moment.of] : moment.of;
  const offset = offsetOf(moment.offset);
  await subscribeTo(
    run,
    names.filter((name) => name !== run.start.event?.name),
  );
  return sleepTo(run, `sleeping until ${moment.property}`, () => {
    const latest = run.buffer.latestAmong(names);
    return shifted(dateIn(latest?.properties[moment.property]), offset);
  });
}

/** A local activity reads the trait again each time routing reports a change. */
async function sleepUntilTrait(
  run: EnrollmentRun,
  trait: string,
  offset: number,
): Promise<SleepResult> {
  await subscribeTo(run, [`trait:${trait}`]);
  const { customerId } = run.start;
  const changeCount = () => run.traitChanges.get(trait) ?? 0;
  for (;;) {
    const countBefore = changeCount();
    const value = await engine.resolveMoment({ customerId, now: Date.now(), trait });
    const result = await sleepOrMove(
      run,
      `sleeping until ${trait}`,
      () => shifted(value, offset),
      () => changeCount() !== countBefore,
    );
    if (result !== 'moved') return result;
    run.log(`${trait} changed`);
  }
}

async function sleepTo(
  run: EnrollmentRun,
  what: string,
  at: () => number | null,
): Promise<SleepResult> {
  const result = await sleepOrMove(run, what, at, () => false);
  return result === 'moved' ? 'unset' : result;
}

async function sleepOrMove(
  run: EnrollmentRun,
  what: string,
  at: () => number | null,
  moved: () => boolean,
): Promise<SleepResult | 'moved'> {
  const first = at();
  if (first === null) return 'unset';
  if (first <= Date.now()) return 'past';
  if (first - Date.now() > MAX_WAIT_MS) {
    throw misuse(
      `Found a sleep until ${new Date(first).toISOString()}; the maximum is ten years. Check the date.`,
    );
  }
  const end = await run.wait(
    what,
    () => at() ?? undefined,
    () => moved() || at() === null,
  );
  if (end === 'ready') return at() === null ? 'unset' : 'moved';
  return ended(end);
}

function ended(end: WaitEnd): SleepResult {
  return end === 'skipped' ? 'skipped' : 'reached';
}

function offsetOf(offset: Duration | undefined): number {
  return offset === undefined ? 0 : durationMs(offset);
}

function shifted(at: number | null, offset: number): number | null {
  return at === null ? null : at + offset;
}
