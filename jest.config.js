/**
 * Four projects, told apart by file name and folder:
 * - `pure` needs no server: these folders run without the set-up of the others,
 * - `stack` runs on the Postgres and the workflow bundles that global-setup.ts provides,
 * - `slow` (`*.slow.test.ts`) kills processes, opens a browser or builds the package,
 * - `cluster` (`*.cluster.test.ts`) runs a Temporal server that is built from source with Go.
 *
 * `npm test` runs `pure` and `stack`. A path runs its file in whatever project it belongs to.
 */
const PURE = ['docs', 'domain', 'links', 'templates', 'texts', 'types'];
const ARCHITECTURE = '<rootDir>/test/architecture.test.ts';
const SEPARATE = ['\\.slow\\.test\\.ts$', '\\.cluster\\.test\\.ts$'];

const every = {
  rootDir: __dirname,
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  // `throughline` in src/workflows is the SDK in src, not the one that was built; see package.json.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: { '^.+\\.ts$': '@swc/jest' },
  setupFilesAfterEnv: ['<rootDir>/test/support/patience.js'],
};
const stack = {
  ...every,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

/** @type {import('jest').Config} */
module.exports = {
  // Two workers on two cores: a test file brings a Temporal server and a worker of its own.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/support/plain-summary.js'],
  projects: [
    {
      ...every,
      displayName: 'pure',
      testMatch: [`<rootDir>/test/{${PURE.join(',')}}/**/*.test.ts`, ARCHITECTURE],
      testPathIgnorePatterns: SEPARATE,
    },
    {
      ...stack,
      displayName: 'stack',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [...SEPARATE, `<rootDir>/test/(${PURE.join('|')})/`, ARCHITECTURE],
    },
    {
      ...stack,
      displayName: 'slow',
      testMatch: ['**/*.slow.test.ts'],
      globalSetup: '<rootDir>/test/support/global-setup-slow.ts',
    },
    { ...stack, displayName: 'cluster', testMatch: ['**/*.cluster.test.ts'] },
  ],
};
