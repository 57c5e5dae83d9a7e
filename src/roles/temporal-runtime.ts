import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type LogLevel,
} from '@temporalio/worker';
import type { Logger } from '../logger';

/**
 * Redirects the log of the Temporal SDK to our logger. Call it once per process, before the first
 * worker or connection is created.
 *
 * @param level `debug`, `info`, `warn`, `error` or `silent`
 */
export function installTemporalRuntime(level: string, logger: Logger): void {
  const loud = { debug: 'DEBUG', info: 'INFO', warn: 'WARN' } as const;
  const known: LogLevel = level in loud ? loud[level as keyof typeof loud] : 'ERROR';
  Runtime.install({
    shutdownSignals: [], // the process handles signals itself
    logger: new DefaultLogger(known, ({ level: of, message, meta }) => {
      if (message.startsWith('No workflows registered')) return; // expected: workers for deliveries run no workflows
      const say = {
        TRACE: 'debug',
        DEBUG: 'debug',
        INFO: 'info',
        WARN: 'warn',
        ERROR: 'error',
      } as const;
      logger[say[of]]({ ...meta }, message);
    }),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  });
}
