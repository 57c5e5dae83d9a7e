import type { SourceFile } from './source-file';

/** Constants are `MAX_`, `MIN_`, `DEFAULT_`; docs/style.md. */
const PREFIXES: Readonly<Record<string, string>> = {
  MOST: 'MAX',
  LONGEST: 'MAX',
  LEAST: 'MIN',
  SHORTEST: 'MIN',
  FEWEST: 'MIN',
  USUAL: 'DEFAULT',
};

/** Terms with one meaning, and the modules in which they can have it; docs/language.md. */
const MODULES_OF_TERM: Readonly<Record<string, readonly string[]>> = {
  // The transactional outbox, and those who write to it, watch it or configure it.
  outbox: [
    ...['outbox', 'events', 'enrollments', 'ingest', 'consent', 'identity', 'profiles', 'db'],
    ...['privacy', 'activities', 'transfer', 'compose', 'api', 'roles', 'cli', 'config'],
  ],
  // The in-app inbox of a customer. A journey buffers events in an EventBuffer.
  inbox: ['channels', 'db', 'api', 'activities', 'privacy', 'compose', 'roles', 'reporting'],
};

/** Words that no identifier and no file name uses, and the term for each. */
const RETIRED_WORDS: Readonly<Record<string, string>> = {
  astray: 'mismatched',
  door: 'API',
  fault: 'error',
  happening: 'system event',
  house: 'module',
  judge: 'classify',
  lapse: 'expire',
  passage: 'enrollment',
  shadow: 'tombstone',
};

const NAMES_THAT_SAY_NOTHING = /^(utils?|helpers?|libs?|common|misc|shared)$/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** What is wrong with the names of a file: those in its path, and those that it declares. */
export function nameViolations(file: SourceFile, module: string): readonly string[] {
  const { path, declares } = file;
  const parts = path.replace(/\.(ts|js|cjs)$/, '').split(/[/.]/);
  return [
    ...parts.flatMap((part) => partViolation(path, part)),
    ...declares.flatMap((name) => prefixViolation(path, name)),
    ...[...parts, ...declares].flatMap((name) => [
      ...termViolations(path, name, module),
      ...retiredWords(path, name),
    ]),
  ];
}

function partViolation(path: string, part: string): readonly string[] {
  if (NAMES_THAT_SAY_NOTHING.test(part)) {
    return [`${path}: '${part}' names no concept. Name it after what it holds.`];
  }
  return part === '' || KEBAB_CASE.test(part) ? [] : [`${path}: '${part}' is not in kebab-case.`];
}

function prefixViolation(path: string, name: string): readonly string[] {
  const first = /^([A-Z]+)_/.exec(name)?.[1] ?? '';
  const better = PREFIXES[first];
  return better === undefined
    ? []
    : [`${path} declares ${name}; name it ${better}_${name.slice(first.length + 1)}.`];
}

function termViolations(path: string, name: string, module: string): readonly string[] {
  if (!path.startsWith('src/')) return [];
  return Object.entries(MODULES_OF_TERM)
    .filter(([term, modules]) => says(name, term) && !modules.includes(module))
    .map(
      ([term]) =>
        `${path}: '${name}' says '${term}', which has one meaning and no place in '${module}'. See docs/language.md.`,
    );
}

function retiredWords(path: string, name: string): readonly string[] {
  if (!path.startsWith('src/')) return [];
  return Object.entries(RETIRED_WORDS)
    .filter(([word]) => says(name, word))
    .map(([word, term]) => `${path}: '${name}' says '${word}'; the term is '${term}'.`);
}

/** `putInOutbox` says `put`, `in` and `outbox`; a plural says its singular. */
function says(name: string, term: string): boolean {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.some((word) => new RegExp(`^${term}(es|s)?$`, 'i').test(word));
}
