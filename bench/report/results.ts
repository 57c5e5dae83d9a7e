import type { Machine } from './machine';
import type { Row } from './row';

/** What one run of the benchmarks measured. */
export interface Results {
  readonly at: string;
  /** True where counts were small, so that figures are rough. */
  readonly quick: boolean;
  readonly server: string;
  readonly repeats: number;
  /** The share of the processors' time that the machine's host kept from it meanwhile, 0 to 1. */
  readonly stolen: number;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** What was measured of one case, when, and how quiet the machine was. */
export interface CaseResults {
  readonly name: string;
  readonly at: string;
  readonly repeats: number;
  readonly stolen: number;
  readonly rows: readonly Row[];
}
