import type { Duration } from '../../domain/duration';
import { engine } from '../engine';
import type { Sent } from '../journey';
import type { RoutedEvent } from '../journey-event';
import { misuse } from '../misuse';
import type { EnrollmentRun } from '../enrollment-run';
import { waitLength } from './wait-length';

/** `WaitOptions` without its types, as it is at run time. */
export interface UntypedWaitOptions {
  readonly where?: (event: RoutedEvent) => boolean;
  readonly of?: Sent;
  readonly timeout?: Duration;
  readonly resetOn?: string | readonly string[];
}

/** @returns the first matching event, or undefined on timeout or when an operator skipped the wait */
export async function waitFor(
  run: EnrollmentRun,
  event: string | readonly string[],
  options: UntypedWaitOptions,
): Promise<RoutedEvent | undefined> {
  const names = list(event);
  const resets = list(options.resetOn ?? []);
  const timeout = options.timeout === undefined ? undefined : waitLength(options.timeout);
  if (names.length === 0 && timeout === undefined) {
    throw misuse(
      'Found a waitFor with neither an event nor a timeout, which would never end. Name an event or set a timeout.',
    );
  }
  if (options.of !== undefined && options.of.messageId === undefined) return undefined;
  await subscribeTo(run, [...names, ...resets]);

  const { where, of } = options;
  const matches = (candidate: RoutedEvent) =>
    names.includes(candidate.name) &&
    (of === undefined || candidate.of === of.messageId) &&
    (where === undefined || where(candidate));

  // Only events that arrive from now on reset the timeout, not those buffered before the wait. An
  // event that reset it is consumed, so no later wait finds it.
  let from = Date.now();
  const seen = new Set(run.buffer.unread.map(({ id }) => id));
  const deadline = () => {
    for (const arrived of run.buffer.unread) {
      if (seen.has(arrived.id)) continue;
      seen.add(arrived.id);
      if (!resets.includes(arrived.name) || matches(arrived)) continue;
      from = Date.now();
      run.buffer.take(arrived);
    }
    return timeout === undefined ? undefined : from + timeout;
  };
  const end = await run.wait(describe(names, resets), deadline, () => {
    return run.buffer.peek(matches) !== undefined;
  });
  const found = run.buffer.peek(matches);
  if (end !== 'ready' || found === undefined) {
    run.log(`${end === 'skipped' ? 'skipped' : 'timed out'} ${describe(names, resets)}`);
    return undefined;
  }
  run.buffer.take(found);
  run.log(`received ${found.name}`);
  return found;
}

/** @returns the most recent of these events, consumed or not */
export async function latest(
  run: EnrollmentRun,
  event: string | readonly string[],
): Promise<RoutedEvent | undefined> {
  const names = list(event);
  await subscribeTo(
    run,
    names.filter((name) => name !== run.start.event?.name),
  );
  return run.buffer.latestAmong(names);
}

/** Subscribes to events that the journey did not declare, and buffers those that were missed. */
export async function subscribeTo(run: EnrollmentRun, names: readonly string[]): Promise<void> {
  const unknown = [...new Set(names)].filter((name) => !run.listens.has(name));
  if (unknown.length === 0) return;
  const { enrollmentId } = run;
  const { customerId } = run.start;
  const missed = await engine.subscribe({ enrollmentId, customerId, names: unknown });
  for (const name of unknown) run.listens.add(name);
  for (const event of missed) run.buffer.add(event);
}

function describe(names: readonly string[], resets: readonly string[]): string {
  if (names.length > 0) return `waiting for ${names.join(' or ')}`;
  return resets.length > 0 ? `waiting without ${resets.join(' or ')}` : 'waiting';
}

function list<T extends string>(oneOrMore: T | readonly T[]): readonly T[] {
  return typeof oneOrMore === 'string' ? [oneOrMore] : oneOrMore;
}
