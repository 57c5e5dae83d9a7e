import type { Services } from '../compose';
import { requireFor, type Config, type ProcessRole } from '../config';
import { composeFromConfig } from '../roles/compose-from-config';
import type { RunningRole } from '../roles/running-role';
import { say } from './say';
import { untilSignal } from './until-signal';

/**
 * Runs one role in this process until it receives a signal or fails.
 *
 * @param announce returns the line to print when the role has started
 */
export async function runRole<R extends RunningRole>(
  role: Extract<ProcessRole, 'api' | 'relay' | 'worker'>,
  config: Config,
  start: (services: Services) => Promise<R>,
  announce: (running: R) => string,
): Promise<void> {
  requireFor(role, config);
  const services = await composeFromConfig(config);
  const running = await start(services);
  say(announce(running));
  await untilSignal([running.failed], [() => running.stop(), () => services.close()], say);
}
