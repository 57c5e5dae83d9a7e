import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples');
const TIMEOUT_MS = 600_000;

/** Runs a command and returns its output; fails with the output. */
function run(folder: string, command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')} failed in ${folder}:\n${stdout}\n${stderr}`);
  }
}

/** Installs the packed package into each example, as a user would, and runs the example's test. */
describe('the examples', () => {
  let folder: string;
  let packed: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'throughline-examples-'));
    const args = ['pack', '--silent', '--pack-destination', folder];
    packed = join(folder, run(ROOT, 'npm', args).trim());
  }, TIMEOUT_MS);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(readdirSync(EXAMPLES))(
    'installs the packed package in %s and passes its test',
    (name) => {
      const project = join(folder, name);
      cpSync(join(EXAMPLES, name), project, {
        recursive: true,
        filter: (file) => !/\/(node_modules|dist)$/.test(file),
      });
      run(project, 'npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', packed]);
      run(project, 'npm', ['test']);
    },
    TIMEOUT_MS,
  );

  it('do not compile with an undeclared name', () => {
    const project = join(folder, 'welcome');
    const journeys = readFileSync(join(project, 'src/journeys.ts'), 'utf8');
    const wrong = journeys.replace("'Signed Up'", "'Signed Upp'");
    writeFileSync(join(project, 'src/journeys.ts'), wrong);
    expect(() => run(project, 'npx', ['tsc', '--noEmit'])).toThrow(/'"Signed Upp"'/);
  });
});
