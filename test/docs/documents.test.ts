import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const IGNORED = /(^|\/)(node_modules|dist|\.git|\.throughline)(\/|$)/;
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const documents = ['.', 'docs', 'docs/adr', 'bench', 'faults', 'examples']
  .filter((folder) => existsSync(join(ROOT, folder)))
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: folder === 'examples', encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !IGNORED.test(name))
      .map((name) => join(folder, name)),
  );

describe('the documents', () => {
  it.each(documents)('%s links only to files that exist', (path) => {
    const links = [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link);
    const broken = links.filter(
      (link) =>
        link !== undefined &&
        !/^[a-z]+:/.test(link) &&
        !existsSync(join(ROOT, dirname(path), link)),
    );
    expect(broken).toEqual([]);
  });

  it.each(documents)('%s names only files that exist', (path) => {
    const named = [...read(path).matchAll(/`((?:src|test|bench|faults|dev|docs)\/[\w./-]+)`/g)];
    const missing = named
      .map(([, file = '']) => file)
      .filter((file) => !existsSync(join(ROOT, file)));
    expect(missing).toEqual([]);
  });
});

describe('the decision records', () => {
  const index = read('docs/adr/README.md');
  const records = readdirSync(join(ROOT, 'docs/adr')).filter((name) => /^\d{4}-/.test(name));

  it.each(records)('%s has a status, a date and its row in the index', (name) => {
    const [heading = '', , status = '', date = '', , context = ''] = read(
      join('docs/adr', name),
    ).split('\n');
    expect(heading).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. [A-Z]`));
    expect(status).toMatch(/^- Status: (accepted|superseded by \[\d{4}\])/);
    expect(date).toMatch(/^- Date: \d{4}-\d\d-\d\d$/);
    expect(context).toBe('## Context');
    const row =
      index.split('\n').find((line) => line.startsWith(`| [${heading.slice(2)}](${name})`)) ?? '';
    expect(row).toContain(status.replace('- Status: ', ''));
  });
});
