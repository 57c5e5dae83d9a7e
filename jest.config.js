/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // `throughline` in src/workflows is the SDK in src, not the one that was built; see package.json.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Generous, since a machine that is busy with other work may be ten times slower.
  testTimeout: 180_000,
  // Two workers on two cores: a test file brings a Temporal server and a worker of its own.
  maxWorkers: 2,
  setupFilesAfterEnv: ['<rootDir>/test/support/retry-once.js'],
  reporters: ['default', '<rootDir>/test/support/plain-summary.js'],
};
