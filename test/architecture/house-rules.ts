import { isBuiltin, isOurs, packageOf, roomOf, type Import, type SourceFile } from './source-file';

/**
 * STYLE.md's house: what each room may import, at run time and in types. Imports point downwards
 * only. A file of src itself (`config.ts`) is a room of its own.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
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
  events: ['domain', 'journey', 'db'],
  outbox: ['domain', 'journey', 'db', 'logger', 'events', 'enrollments'],
  enrollments: ['domain', 'journey', 'db', 'events', 'outbox', 'ingest'],
  profiles: ['domain', 'journey', 'db', 'logger', 'events', 'outbox', 'ingest'],
  consent: [
    ...['domain', 'texts', 'journey', 'db', 'events', 'outbox', 'enrollments', 'profiles'],
    'ingest',
  ],
  identity: [
    ...['domain', 'journey', 'db', 'links', 'events', 'outbox', 'consent', 'enrollments'],
    ...['profiles', 'ingest'],
  ],
  ingest: [
    ...['domain', 'journey', 'db', 'links', 'logger', 'events', 'identity', 'consent', 'profiles'],
    ...['enrollments', 'outbox'],
  ],
  privacy: [
    ...['domain', 'journey', 'db', 'channels', 'ingest', 'events', 'identity', 'logger'],
    ...['consent', 'outbox'],
  ],
  reporting: ['domain', 'texts', 'journey', 'db', 'with-timeout'],
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
  api: [
    ...['domain', 'texts', 'journey', 'db', 'channels', 'links', 'reporting', 'activities'],
    ...['logger', 'privacy', 'ingest', 'events', 'identity', 'consent', 'profiles'],
    ...['enrollments', 'outbox'],
  ],
  roles: [
    ...['domain', 'journey', 'app', 'config', 'logger', 'db', 'channels', 'links'],
    ...['reporting', 'activities', 'compose', 'api', 'embedded', 'privacy', 'outbox'],
    ...['profiles', 'enrollments', 'system', 'system/jobs', 'with-timeout'],
  ],
  simulation: ['domain', 'testing'],
  testing: [
    ...['domain', 'journey', 'app', 'db', 'ingest', 'logger', 'embedded', 'compose', 'roles'],
  ],
  cli: [
    ...['domain', 'texts', 'journey', 'app', 'config', 'logger', 'db', 'reporting'],
    ...['activities', 'compose', 'compose-ingest', 'embedded', 'roles', 'testing', 'transfer'],
    ...['privacy', 'simulation', 'ingest', 'enrollments', 'outbox', 'profiles', 'system/jobs'],
  ],
  worker: ['config', 'cli'],
};

/** What a room may import besides, as long as nothing of it is left at run time. */
const MAY_IMPORT_TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  journey: ['templates', 'activities', 'system/mails'],
  system: ['activities'],
  'system/jobs': ['app'],
  activities: ['app', 'compose'],
  api: ['app', 'compose'],
  reporting: ['app'],
  ingest: ['app'],
  profiles: ['app'],
};

/** The packages that the rooms of the sandbox may use at run time; in types any. */
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
  decisions: 'src/db/stores/decisions.ts',
  delivery_attempts: 'src/db/stores/delivery-attempts.ts',
  messages: 'src/db/stores/messages.ts',
  suppressions: 'src/db/stores/suppressions.ts',
};

/** The package under its own name, which only code written like an application's may import. */
const SELF = 'throughline';
const IMPORTS_SELF: readonly string[] = ['workflows'];

const MAX_LINES = 400;
const NAMES_THAT_SAY_NOTHING = /^(utils?|helpers?|libs?|common|misc|shared)$/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Each way in which a file breaks the rules of the house, as a sentence. */
export function violationsOf(file: SourceFile): readonly string[] {
  return [
    ...file.imports.flatMap((each) => importViolation(file.path, each) ?? []),
    ...nameViolations(file.path),
    ...file.writes.flatMap((table) => writeViolation(file.path, table) ?? []),
    ...(file.lines > MAX_LINES
      ? [`${file.path} has ${file.lines} lines; the most is ${MAX_LINES}. Divide it by concept.`]
      : []),
    ...(file.readsEnvironment && file.path !== 'src/config.ts'
      ? [`${file.path} reads process.env; only src/config.ts may. Take the value as a parameter.`]
      : []),
    ...(file.hasDefaultExport
      ? [`${file.path} has a default export; name what it exports, after its file.`]
      : []),
  ];
}

function importViolation(path: string, { target, typeOnly }: Import): string | undefined {
  return isOurs(target)
    ? roomViolation(path, target, typeOnly)
    : packageViolation(path, target, typeOnly);
}

function roomViolation(path: string, target: string, typeOnly: boolean): string | undefined {
  const from = roomOf(path);
  const to = roomOf(target);
  const says = `${path} imports ${target}`;
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) {
    return `${path} stands in the room '${from}', which has no place in the house yet. Give it one in test/architecture/house-rules.ts.`;
  }
  if (from === 'api' && to === 'journey' && !typeOnly && target !== 'src/journey/protocol') {
    return `${says}; of a journey the API may know its protocol only. Import from src/journey/protocol, or as a type.`;
  }
  if (from === to || allowed.includes(to)) return undefined;
  const types = MAY_IMPORT_TYPES_OF[from] ?? [];
  if (types.includes(to)) {
    if (typeOnly) return undefined;
    return `${says} at run time; '${from}' may import '${to}' as types only. Write 'import type', or take it as a parameter.`;
  }
  const rooms = allowed.length === 0 ? 'nothing' : allowed.join(', ');
  return `${says}; '${from}' may import ${rooms}. Imports point downwards: take it as a parameter, or move it to the room that it belongs to.`;
}

function packageViolation(path: string, target: string, typeOnly: boolean): string | undefined {
  const room = roomOf(path);
  if (packageOf(target) === SELF) {
    if (IMPORTS_SELF.includes(room)) return undefined;
    return `${path} imports ${target}, the public entry of this package; only ${IMPORTS_SELF.join(', ')} may. Import the file by its relative path.`;
  }
  const allowed = SANDBOX_PACKAGES[room];
  if (allowed === undefined || typeOnly) return undefined;
  const name = packageOf(target);
  if (allowed.includes(name)) return undefined;
  const what = isBuiltin(target) ? `the Node built-in ${target}` : `the package ${target}`;
  return `${path} imports ${what}; '${room}' runs inside the workflow sandbox and may use ${allowed.join(', ')}. Put it in an activity.`;
}

function writeViolation(path: string, table: string): string | undefined {
  const owner = OWNER_OF_TABLE[table];
  if (owner === undefined || owner === path || path.startsWith('src/db/migrations/')) {
    return undefined;
  }
  return `${path} writes the table '${table}', which only ${owner} may. Call a function of the store, or add one there.`;
}

function nameViolations(path: string): readonly string[] {
  const parts = path.replace(/\.ts$/, '').split('/');
  return parts.flatMap((part) => {
    if (NAMES_THAT_SAY_NOTHING.test(part)) {
      return [`${path}: '${part}' names no concept. Name it after what it holds.`];
    }
    return KEBAB_CASE.test(part) ? [] : [`${path}: '${part}' is not in kebab-case.`];
  });
}
