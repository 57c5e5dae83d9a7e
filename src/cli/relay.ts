import type { Config } from '../config';
import { start } from '../roles/relay';
import { runRole } from './run-role';

/** `throughline relay` */
export function runRelay(config: Config): Promise<void> {
  return runRole(
    'relay',
    config,
    (services) => start(services),
    () => 'The relay runs.',
  );
}
