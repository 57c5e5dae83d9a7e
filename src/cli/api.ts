import type { Config } from '../config';
import { start } from '../roles/api';
import { runRole } from './run-role';

/** `throughline api` */
export function runApi(config: Config): Promise<void> {
  return runRole(
    'api',
    config,
    (services) => start(services, config),
    ({ url }) => `The API listens on ${url}.`,
  );
}
