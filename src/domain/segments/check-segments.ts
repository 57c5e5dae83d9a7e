import { durationMs, type Duration } from '../duration';
import { conditionsIn, type Condition, type Segments, type ValueTest } from './condition';

/** A segment must not depend on segment events: it could trigger itself endlessly. */
const SEGMENT_EVENTS = new Set(['Segment Entered', 'Segment Left']);
const MAX_NAME_LENGTH = 100;
const MAX_COUNT = 10_000;

/**
 * Finds mistakes that the types cannot rule out. Runs at start-up.
 *
 * @throws {Error} naming the segment, with what was found and what was expected
 */
export function checkSegments(segments: Segments): void {
  for (const [name, { where }] of Object.entries(segments)) {
    if (name === '' || name.length > MAX_NAME_LENGTH) {
      throw new Error(
        `Found a segment whose name has ${name.length} characters; expected 1 to ${MAX_NAME_LENGTH}.`,
      );
    }
    for (const condition of conditionsIn(where)) {
      const problem = problemOf(condition);
      if (problem !== undefined) throw new Error(`The segment '${name}' ${problem}`);
    }
  }
}

function problemOf(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'event':
      return eventProblem(condition);
    case 'trait':
    case 'computed':
      return testProblem(condition.test);
    case 'prediction':
      return durationProblem(condition.maxAge) ?? testProblem(condition.test);
    case 'all':
    case 'any':
      return condition.of.length === 0
        ? `has an empty '${condition.kind}'; name at least one condition in it.`
        : undefined;
    case 'not':
    case 'lifecycle':
    case 'mood':
    case 'consent':
      return undefined;
  }
}

function eventProblem(condition: Condition & { kind: 'event' }): string | undefined {
  const { event, atLeast, atMost, within, where } = condition;
  if (SEGMENT_EVENTS.has(event)) {
    return `counts the event '${event}', which segments emit; use the conditions of that segment instead.`;
  }
  for (const count of [atLeast, atMost]) {
    if (count !== null && (!Number.isInteger(count) || count < 0 || count > MAX_COUNT)) {
      return `counts up to ${count}; expected a whole number from 0 to ${MAX_COUNT}.`;
    }
  }
  if (atLeast !== null && atMost !== null && atLeast > atMost) {
    return `expects at least ${atLeast} and at most ${atMost} of '${event}', which is impossible; change one of them.`;
  }
  if (within !== null) {
    const problem = durationProblem(within);
    if (problem !== undefined) return problem;
    if (durationMs(within) <= 0) return `counts within ${within}; expected a window above zero.`;
  }
  for (const [name, test] of Object.entries(where)) {
    const problem = testProblem(test);
    if (problem !== undefined) return problem;
    if ([test.after, test.before].some((bound) => typeof bound === 'object')) {
      return `compares '${name}' of '${event}' with a time relative to now; an event's property can only be compared with fixed times. Use 'within', or a trait.`;
    }
  }
  return undefined;
}

function testProblem(test: ValueTest): string | undefined {
  if (Object.keys(test).length === 0) {
    return 'has an empty test; add a comparison, or { exists: true }.';
  }
  for (const bound of [test.after, test.before]) {
    if (bound === undefined) continue;
    if (typeof bound === 'string') {
      if (Number.isNaN(Date.parse(bound))) {
        return `compares with the time ${JSON.stringify(bound)}; expected ISO 8601, such as '2026-03-01T00:00:00Z'.`;
      }
    } else {
      const problem = durationProblem('ago' in bound ? bound.ago : bound.ahead);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function durationProblem(duration: Duration | null): string | undefined {
  if (duration === null) return undefined;
  try {
    durationMs(duration);
    return undefined;
  } catch (error) {
    return `has a mistake: ${(error as Error).message}`;
  }
}
