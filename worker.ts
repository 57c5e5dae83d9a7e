import { readConfig } from './src/config';
import { withDefaultApp } from './src/cli/default-app';
import { reportFailure } from './src/cli/report-failure';
import { runWorker } from './src/cli/worker';

/** The production worker as a program of its own: the same as `throughline worker`. */
runWorker(withDefaultApp(readConfig())).catch((error: unknown) => {
  reportFailure(error);
  process.exitCode = 1;
});
