import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** Logs JSON lines to standard error, so that standard output stays for what a command prints. */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, serializers: { error: pino.stdSerializers.err } },
    pino.destination(2),
  );
}
