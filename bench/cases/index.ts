import type { BenchCase } from './bench-case';
import { ingestBatch, ingestSingle } from './ingest';

/** Every case, in the order of the table. */
export const benchCases: readonly BenchCase[] = [ingestBatch, ingestSingle];
