import type { CpuMs } from '../stage/cpu-time';
import type { Row, Verdict } from './row';
import { median } from './statistics';

/** One run of one side. */
export interface Sample {
  readonly value: number;
  /** How many units the run did, which its CPU time is divided by. */
  readonly units: number;
  readonly cpu: CpuMs;
}

export interface Comparison {
  readonly case: string;
  readonly what: string;
  readonly unit: string;
  readonly bare: readonly Sample[];
  readonly ours: readonly Sample[];
  readonly target?: (figures: { readonly ours: number; readonly ratio: number }) => Verdict;
}

/** Makes a row of runs that were taken in turn: medians, the ratio of each pair, CPU a unit. */
export function compare(given: Comparison): Row {
  const bare = given.bare.map(({ value }) => value);
  const ours = given.ours.map(({ value }) => value);
  const ratios = ours.flatMap((value, at) => {
    const beside = bare[at];
    return beside === undefined || beside === 0 ? [] : [value / beside];
  });
  const middle = median(ours);
  const beside = bare.length === 0 ? null : median(bare);
  const ratio = beside === null ? Number.NaN : middle / beside;
  return {
    case: given.case,
    what: given.what,
    unit: given.unit,
    bare: beside,
    ours: middle,
    ratios,
    cpu: { bare: cpuPerUnit(given.bare), ours: cpuPerUnit(given.ours) },
    target: given.target?.({ ours: middle, ratio }),
    runs: { bare, ours },
  };
}

function cpuPerUnit(samples: readonly Sample[]): CpuMs {
  const names = [...new Set(samples.flatMap(({ cpu }) => Object.keys(cpu)))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      median(samples.map(({ cpu, units }) => (cpu[name] ?? 0) / Math.max(1, units))),
    ]),
  );
}
