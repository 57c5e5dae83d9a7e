import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cyclesIn, fileCycles } from './architecture/import-cycles';
import { MAY_IMPORT, sizeAndNameViolations, violationsOf } from './architecture/module-rules';
import { REASON_CODES, REASON_WORDS } from '../src/domain/decision/reason-codes';
import {
  isBuiltin,
  isOurs,
  packageOf,
  parseSourceFile,
  readOtherFiles,
  readSourceFiles,
} from './architecture/source-file';

const check = (path: string, text: string) => violationsOf(parseSourceFile(path, text));

describe('the modules', () => {
  it('follow the import, ownership, size and naming rules', () => {
    const files = readSourceFiles();
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(violationsOf).join('\n')).toBe('');
  });

  it.each([
    ['Profile', 'src/domain/profile/profile.ts'],
    ['LifecycleStage', 'src/domain/profile/lifecycle.ts'],
  ])('mean one thing by %s', (name, owner) => {
    const declaring = readSourceFiles().filter(({ declares }) => declares.includes(name));
    expect(declaring.map(({ path }) => path)).toEqual([owner]);
  });

  it('have tests, measurements and tools that follow the size and naming rules', () => {
    const files = readOtherFiles();
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(sizeAndNameViolations).join('\n')).toBe('');
  });

  it('has no import cycle, neither of files, type imports included, nor of modules', () => {
    const modules = Object.entries(MAY_IMPORT).map(([name, may]) => [name, new Set(may)] as const);
    expect(cyclesIn(new Map(modules))).toEqual([]);
    expect(fileCycles([...readSourceFiles(), ...readOtherFiles()])).toEqual([]);
  });

  it('finds the shortest cycle through a type import, once', () => {
    const files = [
      ['src/a.ts', "import type { B } from './b';"],
      ['src/b.ts', "import { c } from './c'; import { d } from './d';"],
      ['src/c.ts', "import { d } from './d';"],
      ['src/d.ts', "export type { A } from './a';"],
      ['src/e.ts', "import { a } from './a';"],
    ].map(([path = '', text = '']) => parseSourceFile(path, text));
    expect(fileCycles(files)).toContain('src/a.ts -> src/b.ts -> src/d.ts -> src/a.ts');
    expect(fileCycles(files.slice(1))).toEqual([]);
  });

  it.each([
    ['src/domain/a.ts', "import { newId } from '../db/new-id';", "'domain' may import nothing"],
    [
      'src/domain/a.ts',
      "import type { Db } from '../db/transaction';",
      "'domain' may import nothing",
    ],
    [
      'src/domain/a.ts',
      "import { readFile } from 'node:fs/promises';",
      'the Node built-in node:fs/promises',
    ],
    ['src/journey/a.ts', "import { z } from 'zod';", 'the package zod'],
    ['src/journey/a.ts', "import { app } from '../app';", "'journey' may import domain."],
    ['src/journey/steps/a.ts', "import { deliver } from '../../activities/deliver';", 'types only'],
    [
      'src/system/workflows/a.ts',
      "import { durationMs } from '../../domain/duration';",
      "'system' may import journey.",
    ],
    ['src/system/workflows/a.ts', "import { z } from 'zod';", 'the package zod'],
    ['src/system/workflows/a.ts', "export * from '../../activities/system';", 'types only'],
    [
      'src/channels/a.ts',
      "import type { Db } from '../db/transaction';",
      "'channels' may import domain.",
    ],
    ['src/workflows/a.ts', "import { defineJourney } from '../journey';", 'may import nothing'],
    ['src/workflows/a.ts', "import { z } from 'zod';", 'the package zod'],
    ['src/cli/a.ts', "import { defineApp } from 'throughline/app';", 'its relative path'],
    ['src/cli/a.ts', "import { app } from '../workflows/app';", "'cli' may import"],
    ['src/api/routes/a.ts', "import { winBack } from '../../workflows';", "'api' may import"],
    ['src/api/routes/a.ts', "import { defineJourney } from '../../journey';", 'only the protocol'],
    ['src/ingest/a.ts', "import { compose } from '../compose';", 'Take it as a parameter'],
    ['src/compose.ts', "const api = await import('./api/server');", 'Take it as a parameter'],
    ['src/roles/a.ts', "const { runApi } = require('../cli/roles');", 'Take it as a parameter'],
    ['src/db/a.ts', "type Key = import('../api/keys').Role;", 'Take it as a parameter'],
    ['src/ingest/a.ts', 'const url = process.env.DATABASE_URL;', 'only src/config.ts may'],
    ['src/ingest/a.ts', "const url = process.env['DATABASE_URL'];", 'only src/config.ts may'],
    ['src/ingest/a.ts', "import { env } from 'node:process';", 'only src/config.ts may'],
    ['src/ingest/a.ts', 'export default 1;', 'has a default export'],
    ['src/ingest/a.ts', 'export default function accept() {}', 'has a default export'],
    ['src/domain/utils/json.ts', '', "'utils' names no concept"],
    ['src/api/helpers.ts', '', "'helpers' names no concept"],
    ['src/api/KeyRing.ts', '', 'is not in kebab-case'],
    ['src/api/a.ts', 'const MOST_TOGETHER = 5;', 'name it MAX_TOGETHER'],
    ['src/journey/inbox.ts', '', "no place in 'journey'"],
    ['src/channels/a.ts', 'interface OutboxFolder { a: 1 }', "no place in 'channels'"],
    ['src/consent/a.ts', 'function leaveShadows() {}', "the term is 'tombstone'"],
    ['src/ingest/a.ts', '\n'.repeat(400) + 'const last = 1;', 'has 401 lines; the maximum is 400'],
    ['src/api/a.ts', "db.updateTable('messages').set({})", "writes the table 'messages'"],
    ['src/api/a.ts', "db.insertInto('delivery_attempts as a')", "the table 'delivery_attempts'"],
    ['src/api/a.ts', "db.deleteFrom('suppressions')", "writes the table 'suppressions'"],
    ['src/api/a.ts', 'sql`insert into decisions (id) values (1)`', "the table 'decisions'"],
    ['src/api/a.ts', 'sql`with a as (\nupdate messages m set x = ${x})`', "the table 'messages'"],
    ['src/api/a.ts', "const text = 'DELETE  FROM suppressions';", "the table 'suppressions'"],
    ['src/db/stores/a.ts', "db.updateTable('messages')", 'only src/db/stores/messages.ts may'],
    ['src/plugins/a.ts', "import { b } from '../domain/b';", 'has no import rules'],
  ])('reports %s: %s', (path, text, message) => {
    const violations = check(path, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(path);
    expect(violations[0]).toContain(message);
  });

  it.each([
    [
      'src/domain/a.ts',
      "import { b } from './b'; import { z } from 'zod'; import { sha256 } from '@noble/hashes/sha2';",
    ],
    [
      'src/journey/a.ts',
      "import { sleep } from '@temporalio/workflow'; import type { z } from 'zod';",
    ],
    ['src/journey/a.ts', "import type { TemplateDefinition } from '../templates/template';"],
    [
      'src/workflows/a.ts',
      "import { defineJourney } from 'throughline'; import { sleep } from '@temporalio/workflow';",
    ],
    [
      'src/system/workflows/a.ts',
      "import type { SystemActivities } from '../../activities/system';",
    ],
    [
      'src/system/workflows/a.ts',
      "import { type SystemActivities } from '../../activities/system';",
    ],
    [
      'src/workflows/catalogue.ts',
      "import { standardEvents, z } from 'throughline/app'; import { shopTemplates } from './templates';",
    ],
    [
      'src/api/routes/a.ts',
      "import { UPDATES } from '../../journey/protocol'; import type { Journey } from '../../journey';",
    ],
    ['src/config.ts', 'export const port = process.env.PORT;'],
    ['src/cli/a.ts', "import { runApiOf } from '../roles/api';"],
    ['worker.ts', "import { readConfig } from './src/config';"],
    ['src/embedded/a.ts', 'const environment = { ...options.env };'],
    ['src/db/stores/messages.ts', "db.updateTable('messages')"],
    ['src/db/migrations/1.ts', '`update messages set x = 1`'],
    ['src/api/a.ts', "db.selectFrom('messages').forUpdate(); sql`select from messages for update`"],
    ['src/ingest/a.ts', '\n'.repeat(399) + 'const last = 1;'],
  ])('accepts %s: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});

describe('the package', () => {
  it('depends on every package that its code needs at run time', () => {
    const { dependencies } = JSON.parse(
      readFileSync(join(__dirname, '..', 'package.json'), 'utf8'),
    ) as { dependencies: Readonly<Record<string, string>> };
    const missing = readSourceFiles().flatMap(({ path, imports }) =>
      imports
        .filter(({ target, typeOnly }) => !typeOnly && !isOurs(target) && !isBuiltin(target))
        .map(({ target }) => packageOf(target))
        .filter((name) => !name.startsWith('throughline') && !(name in dependencies))
        .map((name) => `${path} imports ${name}, which is not among the dependencies.`),
    );
    expect(missing.join('\n')).toBe('');
  });
});

describe('docs/language.md', () => {
  const words = readFileSync(join(__dirname, '..', 'docs', 'language.md'), 'utf8');
  const source = (path: string) => readFileSync(join(__dirname, '..', 'src', path), 'utf8');
  const literalsIn = (text: string) => [...text.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);

  it.each([
    ['EnrollmentStatus', 'enrollments'],
    ['DecisionOutcome', 'messages'],
    ['MessageStatus', 'messages'],
    ['TaskStatus', 'tasks'],
  ])('explains every value of %s', (name, module) => {
    const schema = source(`db/schema/${module}.ts`);
    const union = new RegExp(`type ${name} =([^;]*);`).exec(schema)?.[1] ?? '';
    expect(literalsIn(union).length).toBeGreaterThan(2);
    expect(literalsIn(union).filter((code) => !words.includes(`\`${code}\``))).toEqual([]);
  });

  it('lists every reason code of a decision, with its words', () => {
    const rows = REASON_CODES.map((code) => `| \`${code}\` | ${REASON_WORDS[code]} |`);
    const table = words.replaceAll(/ +\|/g, ' |').split('\n');
    expect(table.filter((row) => rows.includes(row))).toEqual(rows);
  });

  it.each(['domain/enrollment/entry-rules.ts'])('explains every reason code of %s', (path) => {
    const codes = [...source(path).matchAll(/(?:reason: |return )'([a-z-]+)'/g)].map(
      ([, code]) => code,
    );
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !words.includes(`\`${code}\``))).toEqual([]);
  });

  it.each([
    ['journey/options.ts', /^ {2}readonly (\w+)\??:/gm, /interface JourneyOptions \{([^]*?)\n\}/],
    ['journey/journey.ts', /^ {2}(\w+)[<(]/gm, /interface Journey<([^]*?)\n\}/],
  ])('has a row for each option and step of %s', (path, member, block) => {
    const text = block.exec(source(path))?.[1] ?? '';
    const names = [...text.matchAll(member)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    const missing = names.filter(
      (name) => !new RegExp(`^\\| \`(j\\.)?${name}[\`(]`, 'm').test(words),
    );
    expect(missing).toEqual([]);
  });
});
