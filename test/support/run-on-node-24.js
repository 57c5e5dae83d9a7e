// Runs Jest on Node 24, whatever Node runs this: `npm run test:node24 -- test/domain`.
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync } = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');

// An npm package carries the binary, so that it comes from the registry that everything comes from.
const NAME = `node-${process.platform}-${process.arch}`;
const folder = path.join(homedir(), '.cache', 'throughline', 'node-24');
const node = path.join(folder, 'node_modules', NAME, 'bin', 'node');

if (!existsSync(node)) {
  mkdirSync(folder, { recursive: true });
  execFileSync(
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${NAME}@24`],
    { stdio: 'inherit' },
  );
}
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
console.log(`Running on Node ${version}.`);
const jest = require.resolve('jest/bin/jest');
const projects = ['--selectProjects=pure', '--selectProjects=stack'];
const { status } = spawnSync(node, [jest, ...projects, '--testPathPatterns', ...paths()], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

function paths() {
  const given = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  return given.length > 0 ? given : ['test/domain', 'test/api', 'test/e2e'];
}
