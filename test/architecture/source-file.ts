import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { parseSync } from '@swc/core';

export interface Import {
  /** A path such as `src/domain/json`, or the name of a package. */
  readonly target: string;
  /** True where nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the root of the repository, such as `src/api/server.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly readsEnvironment: boolean;
  readonly hasDefaultExport: boolean;
  /** The tables that it writes, by the query builder or in SQL. */
  readonly writes: readonly string[];
  /** The names of its constants, variables, functions, classes and types. */
  readonly declares: readonly string[];
}

const ROOT = join(__dirname, '..', '..');

/** Everything that is shipped: the files under src, and worker.ts. */
export function readSourceFiles(): readonly SourceFile[] {
  return ['worker.ts', ...typeScriptIn('src')].map(readSourceFile);
}

/** The TypeScript of tests, measurements, fault injection and tools. */
export function readOtherFiles(): readonly SourceFile[] {
  return ['test', 'bench', 'faults', 'dev', 'examples'].flatMap(typeScriptIn).map(readSourceFile);
}

function typeScriptIn(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/(^|[/\\])(node_modules|dist)[/\\]/.test(name))
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .toSorted();
}

function readSourceFile(path: string): SourceFile {
  return parseSourceFile(path, readFileSync(join(ROOT, path), 'utf8'));
}

export function parseSourceFile(path: string, text: string): SourceFile {
  const imports: Import[] = [];
  let readsEnvironment = false;
  let hasDefaultExport = false;
  const writes = new Set<string>();
  const declares = new Set<string>();
  visit(parseSync(text, { syntax: 'typescript' }), (node) => {
    const imported = importOf(node);
    if (imported !== undefined)
      imports.push({ ...imported, target: resolve(path, imported.target) });
    readsEnvironment ||= isEnvironment(node);
    hasDefaultExport ||= isDefaultExport(node);
    for (const table of tablesWrittenBy(node)) writes.add(table);
    const name = declaredName(node);
    if (name !== undefined) declares.add(name);
  });
  readsEnvironment ||= imports.some(({ target }) => /^(node:)?process$/.test(target));
  return {
    path,
    lines: text.trimEnd().split('\n').length,
    imports,
    readsEnvironment,
    hasDefaultExport,
    writes: [...writes],
    declares: [...declares],
  };
}

/** Folders that have import rules other than the module that they belong to. */
const SUBMODULES = ['system/jobs', 'system/mails'];

/** `src/api/server.ts` -> `api`, `src/config.ts` -> `config`, `worker.ts` -> `worker`. */
export function moduleOf(path: string): string {
  const name = path.replace(/^src\//, '').replace(/\.ts$/, '');
  const submodule = SUBMODULES.find((each) => name.startsWith(`${each}/`));
  return submodule ?? name.split('/')[0] ?? path;
}

export function isOurs(target: string): boolean {
  return target.startsWith('src/') || target === 'worker';
}

export function isBuiltin(target: string): boolean {
  return target.startsWith('node:') || builtinModules.includes(target);
}

/** `@noble/hashes/sha2` -> `@noble/hashes` */
export function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

interface Node {
  readonly type: string;
  readonly [property: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function visit(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, look);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) look(value);
    for (const each of Object.values(value)) visit(each, look);
  }
}

function importOf(node: Node): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const target = textOf(node['source']);
      if (target === undefined) return undefined;
      const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'] : [];
      const allTypes =
        specifiers.length > 0 &&
        specifiers.every((each) => isNode(each) && each['isTypeOnly'] === true);
      return { target, typeOnly: node['typeOnly'] === true || allTypes };
    }
    case 'TsImportType': {
      const target = textOf(node['argument']);
      return target === undefined ? undefined : { target, typeOnly: true };
    }
    case 'CallExpression': {
      const { callee, arguments: given } = node;
      const called = isNode(callee) && (callee.type === 'Import' || callee['value'] === 'require');
      if (!called || !Array.isArray(given)) return undefined;
      const [first] = given as readonly { readonly expression?: unknown }[];
      const target = textOf(first?.expression);
      return target === undefined ? undefined : { target, typeOnly: false };
    }
    default:
      return undefined;
  }
}

function textOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'StringLiteral' && typeof node['value'] === 'string'
    ? node['value']
    : undefined;
}

const BUILDERS: readonly unknown[] = ['insertInto', 'replaceInto', 'updateTable', 'deleteFrom'];
const WRITE_IN_SQL =
  /\b(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|merge\s+into|truncate(?:\s+table)?)\s+"?([a-z_]+)/gi;

/** What one call of the query builder, or one text of SQL, writes. */
function tablesWrittenBy(node: Node): readonly string[] {
  if (node.type === 'CallExpression') {
    const { callee, arguments: given } = node;
    if (!isNode(callee) || callee.type !== 'MemberExpression' || !Array.isArray(given)) return [];
    const { property } = callee;
    if (!isNode(property) || !BUILDERS.includes(property['value'])) return [];
    const table = textOf((given as readonly { readonly expression?: unknown }[])[0]?.expression);
    return table === undefined ? [] : [table.split(' ')[0] ?? table];
  }
  const text = node.type === 'TemplateElement' ? node['raw'] : textOf(node);
  if (typeof text !== 'string') return [];
  return [...text.matchAll(WRITE_IN_SQL)].flatMap(([, table]) => table ?? []);
}

function isEnvironment(node: Node): boolean {
  if (node.type !== 'MemberExpression') return false;
  const { object, property } = node;
  return (
    isNode(object) &&
    object['value'] === 'process' &&
    isNode(property) &&
    property['value'] === 'env'
  );
}

function isDefaultExport(node: Node): boolean {
  return ['ExportDefaultDeclaration', 'ExportDefaultExpression', 'TsExportAssignment'].includes(
    node.type,
  );
}

function resolve(from: string, target: string): string {
  return target.startsWith('.') ? posix.join(posix.dirname(from), target) : target;
}

function declaredName(node: Node): string | undefined {
  switch (node.type) {
    case 'VariableDeclarator':
    case 'TsInterfaceDeclaration':
    case 'TsTypeAliasDeclaration':
      return valueOf(node['id']);
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return valueOf(node['identifier']);
    default:
      return undefined;
  }
}

function valueOf(node: unknown): string | undefined {
  return isNode(node) && typeof node['value'] === 'string' ? node['value'] : undefined;
}
