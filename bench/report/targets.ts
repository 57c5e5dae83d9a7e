import type { Verdict } from './row';

type Figures = { readonly ours: number; readonly ratio: number };

/** A target by the ratio to the bare limit, where more is better. */
export function atLeast(times: number) {
  return ({ ratio }: Figures): Verdict => ({
    text: `at least ${times}x bare`,
    met: ratio >= times,
  });
}

/** A target by the ratio to the bare limit, where less is better. */
export function atMostTimes(times: number) {
  return ({ ratio }: Figures): Verdict => ({ text: `at most ${times}x bare`, met: ratio <= times });
}

/** A target by the figure itself. */
export function atMost(most: number, unit = '') {
  return ({ ours }: Figures): Verdict => ({
    text: `at most ${most}${unit === '' ? '' : ` ${unit}`}`,
    met: ours <= most,
  });
}
