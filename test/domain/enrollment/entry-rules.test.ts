import * as fc from 'fast-check';

import { entryGate } from '../../../src/domain/enrollment/entry-rules';
import type { PastEnrollment, Reentry } from '../../../src/domain/enrollment/entry-rules';

const DAY_MS = 86_400_000;
const day = (n: number): Date => new Date(Date.UTC(2026, 0, 1) + n * DAY_MS);

function passage(entered: number, ended: number | null, key = 'cart-1'): PastEnrollment {
  return {
    key,
    enteredAt: day(entered),
    endedAt: ended === null ? null : day(ended),
    status: ended === null ? 'active' : 'completed',
  };
}

function gate(
  reentry: Reentry | undefined,
  previous: readonly PastEnrollment[],
  now = day(10),
): ReturnType<typeof entryGate> {
  return entryGate({ reentry, key: 'cart-1', now, previous });
}

const anyReentry: fc.Arbitrary<Reentry> = fc.oneof(
  fc.constantFrom<Reentry[]>('never', 'after exit', 'concurrent', { after: '1 day' }),
  fc.integer({ min: 1, max: 5 }).map((times) => ({ times })),
);

describe('entryGate', () => {
  it('enrolls a new customer under every rule', () => {
    fc.assert(
      fc.property(anyReentry, (reentry) => {
        expect(gate(reentry, [])).toEqual({ pass: true });
      }),
    );
  });

  it('refuses a customer with an active enrollment of the same key, under any rule', () => {
    fc.assert(
      fc.property(anyReentry, (reentry) => {
        const previous = [passage(0, 1), passage(2, null)];
        expect(gate(reentry, previous)).toEqual({ pass: false, reason: 'already-in' });
      }),
    );
  });

  it('applies per key', () => {
    fc.assert(
      fc.property(anyReentry, (reentry) => {
        const others = [passage(0, null, 'cart-2'), passage(0, 9, 'cart-3')];
        expect(gate(reentry, others)).toEqual({ pass: true });
      }),
    );
  });

  it('allows re-entry after the exit by default', () => {
    expect(gate(undefined, [passage(0, 10)])).toEqual({ pass: true });
    expect(gate('after exit', [passage(0, 10)])).toEqual({ pass: true });
    expect(gate('concurrent', [passage(0, 10)])).toEqual({ pass: true });
    expect(gate({}, [passage(0, 10)])).toEqual({ pass: true });
  });

  it('never enrolls a customer twice under never', () => {
    expect(gate('never', [passage(0, 1)])).toEqual({ pass: false, reason: 'reentry-never' });
  });

  it('measures an interval from the end of the last enrollment, inclusively', () => {
    const previous = [passage(5, 8), passage(0, 2)];
    expect(gate({ after: '3 days' }, previous)).toEqual({
      pass: false,
      reason: 'reentry-too-soon',
      opensAt: day(11),
    });
    expect(gate({ after: '3 days' }, previous, day(11))).toEqual({ pass: true });
    expect(gate({ after: '3 days' }, previous, new Date(day(11).getTime() - 1)).pass).toBe(false);
  });

  it('counts all enrollments towards a limit, including the first', () => {
    expect(gate({ times: 2 }, [passage(0, 1)])).toEqual({ pass: true });
    expect(gate({ times: 2 }, [passage(0, 1), passage(2, 3)])).toEqual({
      pass: false,
      reason: 'reentry-limit',
    });
    expect(gate({ times: 0 }, [])).toEqual({ pass: false, reason: 'reentry-limit' });
  });

  it('reports a permanent limit before a temporary one', () => {
    const rule = { after: '30 days', times: 2 } as const;
    expect(gate(rule, [passage(0, 1)])).toMatchObject({ reason: 'reentry-too-soon' });
    expect(gate(rule, [passage(0, 1), passage(2, 3)])).toEqual({
      pass: false,
      reason: 'reentry-limit',
    });
  });

  it('passes at the time that it reported', () => {
    const ended = fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1 });
    fc.assert(
      fc.property(ended, fc.integer({ min: 1, max: 100 }), (ends, hours) => {
        const previous = ends.map((end) => passage(0, end));
        const reentry = { after: hours * 3_600_000 };
        const result = gate(reentry, previous);
        if (result.pass || result.opensAt === undefined) return;
        expect(gate(reentry, previous, result.opensAt)).toEqual({ pass: true });
      }),
    );
  });
});
