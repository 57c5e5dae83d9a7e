import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** A name that a public entry exports, or a method of `j`, with the example in its TSDoc. */
export interface Documented {
  /** Such as `on` or `j.send`. */
  readonly name: string;
  readonly example: string | undefined;
}

/** What a public entry such as `src/journey/index.ts` exports, types included. */
export function exportsOf(entry: string): readonly Documented[] {
  const text = readFileSync(join(ROOT, entry), 'utf8');
  const from = (path: string) => exportsOf(sourceFile(join(dirname(entry), path)));
  const reExported = [...text.matchAll(/export (?:type )?(\*|\{[^}]*\})(?: from '(\.[^']+)')?;/g)];
  return [
    ...declaredIn(entry, text),
    ...reExported.flatMap(([, names = '', path]) => {
      if (names === '*') return path === undefined ? [] : from(path);
      return namesIn(names).map((listed) => {
        const [own = '', name = own] = listed.split(' as ');
        const origin = path ?? importedFrom(text, own);
        const found = origin === undefined ? [] : from(origin);
        return { name, example: found.find((each) => each.name === own)?.example };
      });
    }),
  ];
}

function importedFrom(text: string, name: string): string | undefined {
  const imports = text.matchAll(/import (?:type )?(\{[^}]*\}) from '(\.[^']+)'/g);
  return [...imports].find(([, names = '']) => namesIn(names).includes(name))?.[2];
}

/** The methods of the `j` that a journey's body receives. */
export function journeySteps(): readonly Documented[] {
  const file = 'src/journey/journey.ts';
  const text = readFileSync(join(ROOT, file), 'utf8');
  const members = /export interface Journey<[^]*?\n\}/.exec(text)?.[0] ?? '';
  return [...members.matchAll(/(?:  \/\*\*((?:(?!\*\/)[^])*)\*\/\n)?^  (\w+)[<(]/gm)].map(
    ([, comment = '', name = '']) => ({ name: `j.${name}`, example: exampleIn(comment) }),
  );
}

function declaredIn(file: string, text: string): readonly Documented[] {
  const declarations =
    /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n(?:\/\/[^\n]*\n)*)?^export (?:const|function|interface|type|(?:abstract )?class) (\w+)/gm;
  return [...text.matchAll(declarations)].map(([, comment = '', name = '']) => ({
    name,
    example: exampleIn(comment),
  }));
}

/** What follows `@example`, without the asterisks at the start of each line. */
function exampleIn(comment: string): string | undefined {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
  return /@example\n?([^]*?)(?=\n@|$)/.exec(lines.join('\n'))?.[1]?.trim();
}

function sourceFile(path: string): string {
  for (const file of [`${path}.ts`, join(path, 'index.ts')]) {
    try {
      readFileSync(join(ROOT, file));
      return file;
    } catch {
      continue;
    }
  }
  throw new Error(`Found no source of ${path}; expected a file or a folder with an index.ts.`);
}

function namesIn(list: string): readonly string[] {
  return list
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '');
}
