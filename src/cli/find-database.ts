import { requireFor, type Config, type ProcessRole } from '../config';
import { runningSystem } from './running-system';

/**
 * The URL of the database that a command works on: DATABASE_URL, or that of the embedded system
 * which runs in this home.
 *
 * @throws {ConfigError} where there is neither
 */
export function databaseUrlFor(role: ProcessRole, config: Config): string {
  const running = runningSystem(config);
  if (running === undefined) requireFor(role, config);
  return config.DATABASE_URL ?? running?.databaseUrl ?? '';
}
