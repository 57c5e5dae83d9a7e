import { ProviderSelector } from '../../../src/activities/delivery/provider-selector';
import type { ChannelProvider } from '../../../src/channels/channel';

const provider = (name: string): ChannelProvider => ({
  channel: 'email',
  name,
  idempotent: false,
  costOf: () => 0,
  deliver: () => Promise.reject(new Error('not here')),
  close: () => Promise.resolve(),
});
const [first, second, third] = [provider('first'), provider('second'), provider('third')];

let elapsed = 0;
let selector: ProviderSelector;
beforeEach(() => {
  elapsed = 0;
  selector = new ProviderSelector(new Map([['email', [first, second, third]]]), () => elapsed);
});
const fails = (failed: ChannelProvider, times: number) => {
  for (let time = 0; time < times; time++) selector.record(failed, true);
};

it('uses the first provider, and the next one while three failures in a row keep its breaker open', () => {
  fails(first, 2);
  selector.record(first, false);
  fails(first, 2);
  expect(selector.get('email')?.name).toBe('first');
  fails(first, 1);
  expect(selector.get('email')?.name).toBe('second');
  expect(selector.replacementFor(first)?.name).toBe('second');
  expect(selector.replacementFor(second)).toBeUndefined();

  elapsed = 30_000;
  expect(selector.get('email')?.name).toBe('first');
  fails(first, 1);
  expect(selector.get('email')?.name).toBe('second');
  elapsed = 60_000;
  selector.record(first, false);
  fails(first, 2);
  expect(selector.get('email')?.name).toBe('first');
});

it('uses the first provider if every breaker is open', () => {
  for (const each of [first, second, third]) fails(each, 3);
  expect(selector.get('email')?.name).toBe('first');
  expect(selector.replacementFor(second)).toBeUndefined();
});

it('tries the chain once without delay, then changes the provider at every fifth attempt', () => {
  const visited: [string, number][] = [];
  let current: ChannelProvider = first;
  for (let attempt = 1; attempt <= 11; attempt++) {
    const next = selector.afterFailure(current, attempt);
    visited.push([next.provider.name, next.failures]);
    current = next.provider;
  }
  expect(visited).toEqual([
    ['second', 0],
    ['third', 0],
    ['third', 1],
    ['third', 2],
    ['first', 3],
    ['first', 4],
    ['first', 5],
    ['first', 6],
    ['first', 7],
    ['second', 8],
    ['second', 9],
  ]);
});

it('skips a provider whose breaker is open', () => {
  fails(second, 3);
  expect(selector.afterFailure(first, 1).provider.name).toBe('third');
});

it('retries a single provider with backoff', () => {
  const alone = new ProviderSelector(new Map([['email', [first]]]), () => elapsed);
  expect([1, 2, 5].map((attempt) => alone.afterFailure(first, attempt))).toEqual(
    [1, 2, 5].map((failures) => ({ provider: first, failures })),
  );
});
