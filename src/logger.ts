import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** Fields in which Postgres quotes rows and values, which are personal data. */
const QUOTES_ROWS = ['detail', 'where', 'internalQuery'] as const;

/** Errors about a value that Postgres cannot read; their message contains the value. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

/** An error for the log: with its code and its stack, without personal data. */
export function loggableError(error: unknown): unknown {
  if (!(error instanceof Error)) return pino.stdSerializers.err(error as Error);
  const told: Record<string, unknown> = { ...pino.stdSerializers.err(error) };
  for (const name of QUOTES_ROWS) delete told[name];
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && DATA_EXCEPTION.test(code)) {
    const message = `Postgres refused a value (${code})`;
    told['stack'] = String(told['stack']).replace(error.message, message);
    told['message'] = message;
  }
  return told;
}

/** Logs JSON lines to standard error: standard output is for what a command prints. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, serializers: { error: loggableError } }, pino.destination(2));
}
