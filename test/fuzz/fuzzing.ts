import * as fc from 'fast-check';

/**
 * Every run tries the same cases unless `FUZZ_SEED` names another seed; `FUZZ_RUNS` sets how many
 * cases each property is tried with. A property that fails prints its seed and its smallest case.
 */
const SEED = wholeNumber('FUZZ_SEED') ?? 20_260_302;
const RUNS = wholeNumber('FUZZ_RUNS');

/** Shrinking a failure stops after this time; what was found by then is told. */
const MAX_MS = 90_000;

/** A case may be a megabyte long; its beginning tells enough. */
const MAX_LOG_LINES = 3_000;

/** Tries a property with generated cases, one after the other. */
export async function holds<T>(
  defaultRuns: number,
  cases: fc.Arbitrary<T>,
  check: (each: T) => Promise<void>,
): Promise<void> {
  const found = await fc.check(fc.asyncProperty(cases, check), {
    seed: SEED,
    numRuns: RUNS ?? defaultRuns,
    interruptAfterTimeLimit: MAX_MS,
    markInterruptAsFailure: true,
  });
  if (!found.failed) return;
  const told = fc.defaultReportMessage(found) ?? '';
  throw new Error(told.length > MAX_LOG_LINES ? `${told.slice(0, MAX_LOG_LINES)}...` : told, {
    cause: found.errorInstance,
  });
}

function wholeNumber(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`Found ${variable}=${text}; expected a whole number. Set one, or leave it out.`);
}
