import { homedir } from 'node:os';
import { join } from 'node:path';
import { findTemporalBinary } from '../../../src/embedded/temporal/find-temporal-binary';

/** The cache of `npm start`, so that tests download nothing again. */
export const testCacheDir = join(homedir(), '.cache', 'throughline');

/** The time-skipping server, for `TestWorkflowEnvironment.createTimeSkipping`. */
export function testServerBinary(): Promise<string> {
  return findTemporalBinary({
    kind: 'test-server',
    pathVariable: process.env['PATH'] ?? '',
    cacheDir: testCacheDir,
    log: (sentence) => console.log(sentence),
  });
}

/** The CLI with the dev server, for `startTemporalDevServer`. */
export function temporalCliBinary(): Promise<string> {
  return findTemporalBinary({
    kind: 'cli',
    explicitPath: process.env['TEMPORAL_CLI'],
    pathVariable: process.env['PATH'] ?? '',
    cacheDir: testCacheDir,
    log: (sentence) => console.log(sentence),
  });
}
