import type { Row } from '../report/row';
import type { Stage } from '../stage/open-stage';

/** What a case is run with. */
export interface CaseContext {
  /** True for small counts and rough figures. */
  readonly quick: boolean;
  /** How often each side is run; the sides take turns. */
  readonly repeats: number;
  readonly stage: Stage;
  /** Shows that it goes on. */
  readonly say: (what: string) => void;
}

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  run(context: CaseContext): Promise<readonly Row[]>;
}
