import { requireFor, type Config, type ProcessRole } from '../config';
import { runningSystem } from './running-system';

/**
 * Returns the URL of the database for a command: DATABASE_URL, or that of the embedded system that
 * runs in this home.
 *
 * @throws {ConfigError} if there is neither
 */
export function databaseUrlFor(role: ProcessRole, config: Config): string {
  const running = runningSystem(config);
  if (running === undefined) requireFor(role, config);
  return config.DATABASE_URL ?? running?.databaseUrl ?? '';
}
