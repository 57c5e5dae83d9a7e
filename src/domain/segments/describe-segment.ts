import type { Duration } from '../duration';
import type { Condition, MomentBound, ValueTest } from './condition';

/** Describes a segment's condition in words. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.map(inner).join(' and ');
    case 'any':
      return condition.of.map(inner).join(' or ');
    case 'not':
      return `not ${inner(condition.of)}`;
    case 'trait':
      return describeTest(`trait ${condition.trait}`, condition.test);
    case 'computed':
      return describeTest(condition.trait, condition.test);
    case 'lifecycle':
      return `is ${oneOf(condition.stages)}`;
    case 'mood':
      return `feels ${oneOf(condition.moods)}`;
    case 'consent':
      return `is ${oneOf(condition.states)} to ${condition.purpose} by ${condition.channel}`;
    case 'event':
      return describeEvent(condition);
    case 'prediction': {
      const age = condition.maxAge === null ? '' : `, not older than ${span(condition.maxAge)}`;
      return describeTest(`prediction ${condition.prediction}`, condition.test) + age;
    }
  }
}

function inner(condition: Condition): string {
  const words = describeCondition(condition);
  return condition.kind === 'all' || condition.kind === 'any' ? `(${words})` : words;
}

function describeEvent({ event, where, atLeast, atMost, within }: Condition & { kind: 'event' }) {
  const tests = Object.entries(where).map(([name, test]) => describeTest(name, test));
  const which = tests.length === 0 ? '' : ` where ${tests.join(' and ')}`;
  const when = within === null ? '' : ` within ${span(within)}`;
  return `${howOften(atLeast, atMost)} '${event}'${which}${when}`;
}

function howOften(atLeast: number | null, atMost: number | null): string {
  if (atMost === 0) return 'never';
  if (atLeast !== null && atLeast === atMost) return `exactly ${atLeast} times`;
  return [
    ...(atLeast === null ? [] : [`at least ${times(atLeast)}`]),
    ...(atMost === null ? [] : [`at most ${times(atMost)}`]),
  ].join(' and ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function describeTest(what: string, test: ValueTest): string {
  const words = [
    ...(test.is === undefined ? [] : [`is ${JSON.stringify(test.is)}`]),
    ...(test.isNot === undefined ? [] : [`is not ${JSON.stringify(test.isNot)}`]),
    ...(test.oneOf === undefined
      ? []
      : [`is one of ${test.oneOf.map((each) => JSON.stringify(each)).join(', ')}`]),
    ...(test.exists === undefined ? [] : [test.exists ? 'is known' : 'is not known']),
    ...(test.atLeast === undefined ? [] : [`is at least ${test.atLeast}`]),
    ...(test.atMost === undefined ? [] : [`is at most ${test.atMost}`]),
    ...(test.above === undefined ? [] : [`is above ${test.above}`]),
    ...(test.below === undefined ? [] : [`is below ${test.below}`]),
    ...(test.after === undefined ? [] : [`is after ${moment(test.after)}`]),
    ...(test.before === undefined ? [] : [`is not after ${moment(test.before)}`]),
  ];
  return `${what} ${words.join(' and ')}`;
}

function moment(bound: MomentBound): string {
  if (typeof bound === 'string') return bound;
  return 'ago' in bound ? `${span(bound.ago)} ago` : `${span(bound.ahead)} from now`;
}

function span(duration: Duration): string {
  return typeof duration === 'number' ? `${duration} ms` : duration;
}

function oneOf(values: readonly string[]): string {
  return values.join(' or ');
}
