import type { BenchCase } from './bench-case';
import { ingestBatch, ingestSingle } from './ingest';
import { journeys } from './journeys';
import { reaction } from './reaction';

/** Every case, in the order of the table. */
export const benchCases: readonly BenchCase[] = [journeys, reaction, ingestBatch, ingestSingle];
