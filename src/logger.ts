import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

/** Fields in which Postgres quotes rows and values, which are people's. */
const QUOTES_ROWS = ['detail', 'where', 'internalQuery'] as const;

/** What Postgres says of a value that it cannot read, with the value. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

/** An error as it may stand in a log: with its code and its stack, without the data that it met. */
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

/** Logs JSON lines to standard error, so that standard output stays for what a command prints. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, serializers: { error: loggableError } }, pino.destination(2));
}
