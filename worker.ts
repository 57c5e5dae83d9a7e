import { readConfig } from './src/config';
import { reportFailure } from './src/cli/report-failure';
import { runWorker } from './src/cli/roles';

/** The production worker as a program of its own: the same as `throughline worker`. */
runWorker(readConfig()).catch((error: unknown) => {
  reportFailure(error);
  process.exitCode = 1;
});
