import type { Config } from '../config';
import { start } from '../roles/worker';
import { runRole } from './run-role';

/** `throughline worker` */
export function runWorker(config: Config, channels?: readonly string[]): Promise<void> {
  return runRole(
    'worker',
    config,
    (services) => start(services, config, { channels }),
    () => 'The worker runs.',
  );
}
