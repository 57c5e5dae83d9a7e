import { nameViolations } from './naming-rules';
import {
  isBuiltin,
  isOurs,
  packageOf,
  moduleOf,
  type Import,
  type SourceFile,
} from './source-file';

/**
 * What each module may import, at run time and in types. A module is a folder of src, or a file of
 * src itself (`config.ts`). docs/architecture.md shows these rules; a test compares them.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // What runs inside the workflow sandbox, or may.
  domain: [],
  texts: ['domain'],
  journey: ['domain'],
  // What reaches the world.
  config: [],
  logger: [],
  'with-timeout': [],
  templates: ['domain', 'texts'],
  channels: ['domain'],
  links: ['domain'],
  db: ['domain', 'logger'],
  embedded: ['domain', 'logger'],
  // What the engine does with both.
  app: ['domain', 'texts', 'templates', 'channels', 'journey', 'system', 'system/mails'],
  // The write path: each module may import those above it.
  events: ['domain', 'db'],
  outbox: ['domain', 'journey', 'db', 'logger'],
  enrollments: ['domain', 'journey', 'db', 'events', 'outbox'],
  profiles: ['domain', 'db', 'logger', 'events', 'outbox'],
  consent: ['domain', 'texts', 'db', 'events', 'outbox', 'enrollments'],
  identity: ['domain', 'db', 'links', 'events', 'outbox', 'profiles', 'consent'],
  ingest: [
    ...['domain', 'journey', 'db', 'events', 'outbox', 'enrollments', 'profiles', 'consent'],
    'identity',
  ],
  privacy: [
    ...['domain', 'journey', 'db', 'channels', 'ingest', 'events', 'identity', 'logger'],
    ...['consent', 'outbox'],
  ],
  reporting: ['domain', 'texts', 'journey', 'db', 'with-timeout'],
  measurement: ['domain', 'db'],
  callbacks: ['domain', 'channels', 'db', 'logger', 'events', 'consent', 'ingest'],
  transfer: ['domain', 'db', 'events', 'ingest', 'consent', 'identity', 'enrollments', 'outbox'],
  activities: [
    ...['domain', 'texts', 'journey', 'db', 'channels', 'templates', 'links', 'logger', 'privacy'],
    ...['ingest', 'consent', 'enrollments', 'events', 'outbox', 'profiles', 'identity'],
    'with-timeout',
  ],
  system: ['journey'],
  'system/jobs': ['domain', 'activities', 'enrollments'],
  'system/mails': ['texts', 'templates'],
  'compose-ingest': ['domain', 'app', 'db', 'ingest', 'links', 'enrollments', 'profiles'],
  compose: [
    ...['compose-ingest', 'domain', 'journey', 'app', 'db', 'channels', 'templates', 'links'],
    ...['logger', 'ingest', 'reporting', 'activities', 'privacy'],
  ],
  // Like an application's own code: it imports the package's public entries only.
  workflows: [],
  // What runs it.
  client: [],
  api: [
    ...['domain', 'texts', 'journey', 'db', 'channels', 'links', 'reporting', 'activities'],
    ...['logger', 'privacy', 'ingest', 'events', 'identity', 'consent', 'profiles'],
    ...['enrollments', 'outbox', 'callbacks'],
  ],
  roles: [
    ...['domain', 'journey', 'app', 'config', 'logger', 'db', 'channels', 'links'],
    ...['reporting', 'activities', 'compose', 'api', 'embedded', 'privacy', 'outbox'],
    ...['profiles', 'enrollments', 'system', 'system/jobs', 'with-timeout'],
  ],
  simulation: ['domain', 'testing'],
  testing: [
    ...['domain', 'journey', 'app', 'db', 'ingest', 'logger', 'embedded', 'compose', 'roles'],
    ...['channels', 'config', 'consent', 'reporting'],
  ],
  cli: [
    ...['domain', 'texts', 'journey', 'app', 'config', 'logger', 'db', 'reporting'],
    ...['measurement', 'activities', 'compose', 'compose-ingest', 'embedded', 'roles', 'testing'],
    'transfer',
    ...['privacy', 'simulation', 'ingest', 'enrollments', 'outbox', 'profiles', 'system/jobs'],
  ],
  worker: ['config', 'cli'],
};

/** What a module may import as types only. */
export const MAY_IMPORT_TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  journey: ['templates', 'activities', 'system/mails'],
  system: ['activities'],
  'system/jobs': ['app'],
  activities: ['app', 'compose'],
  api: ['app', 'compose'],
  reporting: ['app'],
  profiles: ['app'],
};

/** The packages that modules in the workflow sandbox may import at run time; as types they may import any. */
const SANDBOX_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  domain: ['zod', 'ms', 'luxon', 'croner', 'rrule-temporal', '@noble/hashes', 'libphonenumber-js'],
  journey: ['@temporalio/workflow', '@temporalio/common'],
  // The last is the name by which the bundler finds the application's workflows.
  system: ['@temporalio/workflow', '@temporalio/common', 'throughline-application'],
  workflows: ['@temporalio/workflow', '@temporalio/common'],
};

/**
 * The only file that writes a table. An erasure writes the tables too, all in one way, by the rules
 * of src/privacy/personal-data.ts.
 */
const OWNER_OF_TABLE: Readonly<Record<string, string>> = {
  assignments: 'src/db/stores/assignments.ts',
  consent_ledger: 'src/db/stores/consents.ts',
  consents: 'src/db/stores/consents.ts',
  decisions: 'src/db/stores/decisions.ts',
  delivery_attempts: 'src/db/stores/delivery-attempts.ts',
  exposures: 'src/db/stores/exposures.ts',
  messages: 'src/db/stores/messages.ts',
  orders: 'src/db/stores/orders.ts',
  policies: 'src/db/stores/policies.ts',
  suppressions: 'src/db/stores/suppressions.ts',
  touches: 'src/db/stores/touches.ts',
};

/** The package under its own name, which only code written like an application's may import. */
const SELF = 'throughline';
const IMPORTS_SELF: readonly string[] = ['workflows'];

const MAX_LINES = 400;
const GENERATED = new Set(['src/client/api-paths.ts']);

/** Each violation of the rules in a file of src, as a sentence. */
export function violationsOf(file: SourceFile): readonly string[] {
  return [
    ...file.imports.flatMap((each) => importViolation(file.path, each) ?? []),
    ...file.writes.flatMap((table) => writeViolation(file.path, table) ?? []),
    ...sizeAndNameViolations(file),
    ...(file.readsEnvironment && file.path !== 'src/config.ts'
      ? [`${file.path} reads process.env; only src/config.ts may. Take the value as a parameter.`]
      : []),
    ...(file.hasDefaultExport
      ? [`${file.path} has a default export; name what it exports, after its file.`]
      : []),
  ];
}

/** The rules that also hold outside src. */
export function sizeAndNameViolations(file: SourceFile): readonly string[] {
  return [
    ...nameViolations(file, moduleOf(file.path)),
    ...(file.lines > MAX_LINES && !GENERATED.has(file.path)
      ? [`${file.path} has ${file.lines} lines; the maximum is ${MAX_LINES}. Split it by concept.`]
      : []),
  ];
}

function importViolation(path: string, { target, typeOnly }: Import): string | undefined {
  return isOurs(target)
    ? moduleViolation(path, target, typeOnly)
    : packageViolation(path, target, typeOnly);
}

function moduleViolation(path: string, target: string, typeOnly: boolean): string | undefined {
  const from = moduleOf(path);
  const to = moduleOf(target);
  const says = `${path} imports ${target}`;
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) {
    return `${path} is in the module '${from}', which has no import rules. Add it to test/architecture/module-rules.ts and to docs/architecture.md.`;
  }
  if (from === 'api' && to === 'journey' && !typeOnly && target !== 'src/journey/protocol') {
    return `${says}; the API may import only the protocol of journeys at run time. Import from src/journey/protocol, or as a type.`;
  }
  if (from === to || allowed.includes(to)) return undefined;
  const types = MAY_IMPORT_TYPES_OF[from] ?? [];
  if (types.includes(to)) {
    if (typeOnly) return undefined;
    return `${says} at run time; '${from}' may import '${to}' as types only. Write 'import type', or take it as a parameter.`;
  }
  const modules = allowed.length === 0 ? 'nothing' : allowed.join(', ');
  return `${says}; '${from}' may import ${modules}. Take it as a parameter, or move it to the module that it belongs to.`;
}

function packageViolation(path: string, target: string, typeOnly: boolean): string | undefined {
  const module = moduleOf(path);
  if (packageOf(target) === SELF) {
    if (IMPORTS_SELF.includes(module)) return undefined;
    return `${path} imports ${target}, the public entry of this package; only ${IMPORTS_SELF.join(', ')} may. Import the file by its relative path.`;
  }
  const allowed = SANDBOX_PACKAGES[module];
  if (allowed === undefined || typeOnly) return undefined;
  const name = packageOf(target);
  if (allowed.includes(name)) return undefined;
  const what = isBuiltin(target) ? `the Node built-in ${target}` : `the package ${target}`;
  return `${path} imports ${what}; '${module}' runs inside the workflow sandbox and may use ${allowed.join(', ')}. Put it in an activity.`;
}

function writeViolation(path: string, table: string): string | undefined {
  const owner = OWNER_OF_TABLE[table];
  if (owner === undefined || owner === path || path.startsWith('src/db/migrations/')) {
    return undefined;
  }
  return `${path} writes the table '${table}', which only ${owner} may. Call a function of the store, or add one there.`;
}
