import type { BenchCase } from './bench-case';
import { burst } from './burst';
import { history } from './history';
import { importFile, importMillion } from './import';
import { ingestBatch, ingestSingle } from './ingest';
import { journeys } from './journeys';
import { parked } from './parked';
import { reaction } from './reaction';
import { relay } from './relay';
import { temporalCalls } from './temporal-calls';
import { tenfold } from './tenfold';

/** Every case, in the order of the table. */
export const benchCases: readonly BenchCase[] = [
  ingestBatch,
  ingestSingle,
  journeys,
  reaction,
  history,
  temporalCalls,
  relay,
  parked,
  tenfold,
  burst,
  importFile,
  importMillion,
];
