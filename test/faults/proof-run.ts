import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFaults, type Outcome, type RunSettings } from '../../faults/run';
import { beginLog } from '../../faults/run-log';
import { environment } from '../support/engine';
import { testCacheDir } from '../support/stack/test-binaries';

type Given = Omit<RunSettings, 'log' | 'cacheDir' | 'searchPath' | 'temporalCli'>;

/** A run of the fault driver within the tests, with what it told meanwhile. */
export async function proofRun(given: Given): Promise<Outcome & { readonly told: string }> {
  const told: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'throughline-proof-'));
  try {
    const outcome = await runFaults({
      ...given,
      log: beginLog(folder, (line) => told.push(line)),
      cacheDir: testCacheDir,
      searchPath: environment('PATH'),
      temporalCli: environment('TEST_TEMPORAL_CLI'),
    });
    return { ...outcome, told: told.join('\n') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
