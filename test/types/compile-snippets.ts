import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
/** Inside the package, so that `throughline` resolves to it; ignored by git. */
const FOLDER = join(ROOT, 'coverage', `snippets-${process.pid}`);

/**
 * Type-checks pieces of code, each as a file of its own, with the sample shop's catalogue. One run of
 * the compiler checks them all.
 *
 * @param snippets by name: letters, digits and hyphens
 * @returns for each piece what the compiler says of it; empty where it compiles
 */
export function compileSnippets(
  snippets: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  mkdirSync(FOLDER, { recursive: true });
  try {
    const settings = {
      extends: '../../tsconfig.json',
      include: ['*.ts', '../../src/workflows/index.ts', '../../src/workflows/app.ts'],
    };
    writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
    for (const [name, code] of Object.entries(snippets)) {
      writeFileSync(join(FOLDER, `${name}.ts`), code);
    }
    const errors = compile();
    const unplaced = errors.filter((line) => !line.includes('coverage/snippets-'));
    if (unplaced.length > 0) throw new Error(unplaced.join('\n'));
    return Object.fromEntries(
      Object.keys(snippets).map((name) => [
        name,
        errors.filter((line) => line.includes(`/${name}.ts(`)).join('\n'),
      ]),
    );
  } finally {
    rmSync(FOLDER, { recursive: true, force: true });
  }
}

/** Each error with its place, one a line; what explains an error stands on the lines that follow it. */
function compile(): readonly string[] {
  try {
    execFileSync('npx', ['tsc', '--noEmit', '--pretty', 'false', '-p', FOLDER], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return stdout
      .replaceAll(/\n[ ]+/g, ' ')
      .split('\n')
      .filter(Boolean);
  }
}
