import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAY_IMPORT, MAY_IMPORT_TYPES_OF } from '../architecture/module-rules';

const PAGE = join(__dirname, '..', '..', 'docs', 'architecture.md');
const TABLE = /(\| Module [^\n]*\n\|[ -|]*\n)([^]*?)(\n?<!-- end of modules -->)/;

/** `db` -> what the page says that it does. */
function descriptionsIn(rows: string): ReadonlyMap<string, string> {
  const cells = rows.split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  return new Map(cells.map(([, name = '', what = '']) => [name.replaceAll('`', ''), what]));
}

function importsOf(module: string): string {
  const types = MAY_IMPORT_TYPES_OF[module] ?? [];
  const all = [
    MAY_IMPORT[module]?.join(', ') ?? '',
    ...(types.length > 0 ? [`types of ${types.join(', ')}`] : []),
  ];
  return all.filter(Boolean).join('; ');
}

it('shows every module with its import rules', () => {
  const page = readFileSync(PAGE, 'utf8');
  const [, head = '', rows = '', tail = ''] = TABLE.exec(page) ?? [];
  const descriptions = descriptionsIn(rows);
  const expected = Object.keys(MAY_IMPORT).map((module) => [
    `\`${module}\``,
    descriptions.get(module) ?? '',
    importsOf(module),
  ]);
  if (process.env['UPDATE_DOCS'] === '1') {
    const written = expected.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
    writeFileSync(
      PAGE,
      page.replace(TABLE, () => `${head}${written}${tail}`),
    );
    return;
  }
  const shown = rows
    .split('\n')
    .filter((row) => row.startsWith('|'))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  // Where this fails: npm run docs:modules, then describe the new modules.
  expect(shown).toEqual(expected);
  expect(shown.filter(([, what]) => what === '')).toEqual([]);
});
