import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type LogLevel,
} from '@temporalio/worker';
import type { Logger } from '../logger';

/**
 * Sends what the Temporal SDK has to say through our own logger, at its level. Once a process,
 * before the first worker or connection is made.
 *
 * @param level `debug`, `info`, `warn`, `error` or `silent`
 */
export function installTemporalRuntime(level: string, logger: Logger): void {
  const loud = { debug: 'DEBUG', info: 'INFO', warn: 'WARN' } as const;
  const known: LogLevel = level in loud ? loud[level as keyof typeof loud] : 'ERROR';
  Runtime.install({
    shutdownSignals: [], // the process decides itself in which order it stops
    logger: new DefaultLogger(known, ({ level: of, message, meta }) => {
      if (message.startsWith('No workflows registered')) return; // so it is meant for deliveries
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
