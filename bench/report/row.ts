import type { CpuMs } from '../stage/cpu-time';

/** One line of the table: a figure of Throughline, beside the bare limit and the target. */
export interface Row {
  /** The name of the case that measured it. */
  readonly case: string;
  readonly what: string;
  readonly unit: string;
  /** The median; null where there is no bare limit. */
  readonly bare: number | null;
  readonly ours: number;
  /** ours / bare, of each pair of runs. */
  readonly ratios: readonly number[];
  /** CPU milliseconds a unit, by process. */
  readonly cpu?: { readonly bare: CpuMs; readonly ours: CpuMs } | undefined;
  readonly target?: Verdict | undefined;
  /** What each run gave, for the results file. */
  readonly runs: { readonly bare: readonly number[]; readonly ours: readonly number[] };
}

export interface Verdict {
  /** Such as `at least 0.8x`. */
  readonly text: string;
  readonly met: boolean;
}
