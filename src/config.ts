import { z } from 'zod';

/**
 * All configuration by environment variables. A test compares it with docs/configuration.md.
 */
const port = z.coerce.number().int().min(0).max(65_535);
const text = z.string().trim().min(1);
const list = text.transform((value) =>
  value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== ''),
);
/** Temporal joins the two parts of a worker version with a dot. */
const deploymentPart = text.regex(
  /^[\w-][\w.-]{0,99}$/,
  'expected letters, digits, dots, hyphens and underscores',
);
const flag = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => ['true', '1'].includes(value));

const environment = z.object({
  PORT: port.default(3000),
  HOST: text.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "expected a URL such as 'postgres://user:password@host:5432/db'")
    .optional(),
  DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(500).default(20),
  TEMPORAL_ADDRESS: text.optional(),
  TEMPORAL_NAMESPACE: text.default('default'),
  TEMPORAL_API_KEY: text.optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_TLS_CA: text.optional(),
  TEMPORAL_TLS_CERT: text.optional(),
  TEMPORAL_TLS_KEY: text.optional(),
  TEMPORAL_TLS_SERVER_NAME: text.optional(),
  TEMPORAL_CLI: text.optional(),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, "expected a URL such as 'smtp://user:password@host:587'")
    .optional(),
  MAIL_FROM: text.default('Throughline <hello@throughline.example>'),
  UNSUBSCRIBE_MAILBOX: z.email('expected an address such as unsubscribe@shop.example').optional(),
  EMAIL_RATE: z.coerce.number().positive().optional(),
  WEBHOOK_URL: z.url().optional(),
  WEBHOOK_SECRET: text.optional(),
  WEBHOOK_RATE: z.coerce.number().positive().optional(),
  WEBHOOK_ALLOW_PRIVATE: flag.default(false),
  THROUGHLINE_WRITE_KEY: text.min(8, 'expected at least 8 characters').optional(),
  THROUGHLINE_READ_KEY: text.min(8, 'expected at least 8 characters').optional(),
  THROUGHLINE_ADMIN_KEY: text.min(8, 'expected at least 8 characters').optional(),
  THROUGHLINE_SIGNING_KEY: text.min(32, 'expected at least 32 characters').optional(),
  THROUGHLINE_PUBLIC_URL: z.url().optional(),
  THROUGHLINE_ERASURE_SECRETS: list
    .refine(
      (secrets) => secrets.every((each) => each.length >= 32),
      'expected at least 32 characters each',
    )
    .optional(),
  THROUGHLINE_PAYLOAD_KEYS: z
    .string()
    .regex(
      /^\s*[\w.-]{1,64}:[\w+/-]{43}=(?:\s*,\s*[\w.-]{1,64}:[\w+/-]{43}=)*\s*$/,
      "expected keys such as '2026-11:BASE64' of 32 bytes each, the newest first, separated by commas",
    )
    .optional(),
  THROUGHLINE_CODEC_ORIGINS: list.optional(),
  THROUGHLINE_HOME: text.default('.throughline'),
  THROUGHLINE_APP: text.optional(),
  THROUGHLINE_TASK_QUEUE: text.default('throughline'),
  THROUGHLINE_DEPLOYMENT: deploymentPart.optional(),
  THROUGHLINE_BUILD_ID: deploymentPart.optional(),
  THROUGHLINE_CACHED_JOURNEYS: z.coerce.number().int().min(16).max(100_000).default(500),
  THROUGHLINE_OUTBOX_MAX_AGE: z.coerce.number().positive().default(900),
  THROUGHLINE_CACHE: text.optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
});

export type Config = z.output<typeof environment> & {
  /** The PATH for finding executables. */
  readonly searchPath: string;
  /** The folder for downloads, such as the Temporal binaries. */
  readonly cacheDir: string;
  /** All environment variables, from which providers read their settings by name. */
  readonly variables: Readonly<Record<string, string | undefined>>;
};

/** The names of all variables, for documentation and for checking compose files. */
export const VARIABLES: readonly string[] = Object.keys(environment.shape);

/** An invalid configuration; the message has a line for each variable. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the configuration. An empty variable counts as unset, since compose files pass unset variables as empty.
 *
 * @throws {ConfigError} with each invalid variable, the value found and the value expected
 */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    VARIABLES.map((name) => [name, variables[name]]).filter(([, value]) => value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name}: found ${describe(name, given[name])}; ${issue.message}.`;
    });
    throw new ConfigError(`The environment cannot be used.\n${lines.join('\n')}`);
  }
  const home = variables['HOME'] ?? '/tmp';
  return {
    ...parsed.data,
    searchPath: variables['PATH'] ?? '',
    variables: Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')),
    cacheDir: parsed.data.THROUGHLINE_CACHE ?? `${home}/.cache/throughline`,
  };
}

/** The variables that a production role requires. */
const REQUIRED = {
  migrate: ['DATABASE_URL'],
  api: [
    'DATABASE_URL',
    'TEMPORAL_ADDRESS',
    'THROUGHLINE_WRITE_KEY',
    'THROUGHLINE_ADMIN_KEY',
    'THROUGHLINE_SIGNING_KEY',
    'THROUGHLINE_PUBLIC_URL',
  ],
  relay: ['DATABASE_URL', 'TEMPORAL_ADDRESS'],
  worker: ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'THROUGHLINE_SIGNING_KEY', 'THROUGHLINE_PUBLIC_URL'],
  deploy: ['TEMPORAL_ADDRESS', 'THROUGHLINE_DEPLOYMENT'],
  why: ['DATABASE_URL', 'TEMPORAL_ADDRESS'],
  keys: ['DATABASE_URL'],
  import: ['DATABASE_URL'],
  export: ['DATABASE_URL'],
} as const;

export type ProcessRole = keyof typeof REQUIRED;

/** @throws {ConfigError} with the required variables that are not set */
export function requireFor(role: ProcessRole, config: Config): void {
  const missing = REQUIRED[role].filter((name) => config[name] === undefined);
  if (missing.length === 0) return;
  throw new ConfigError(
    `'throughline ${role}' needs ${missing.join(', ')}, and found no embedded system that runs in ${config.THROUGHLINE_HOME}. Set them, or run 'throughline start'.`,
  );
}

/** Secrets are described by their length, everything else by its value. */
function describe(name: string, value: string | undefined): string {
  if (value === undefined) return 'nothing';
  return /KEY|SECRET|URL/.test(name) ? `${value.length} characters` : JSON.stringify(value);
}
