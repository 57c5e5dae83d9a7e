import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { sdkCopiesIn } from './sdk-copies';

const ROOT = join(__dirname, '..', '..');

/** Runs a script with plain Node in the root of the repository and returns what it prints. */
function runBuilt(script: string): string {
  const maxBuffer = 64 * 1024 * 1024;
  return execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8', maxBuffer });
}

describe('the built package under its own name', () => {
  it('is bundled once', () => {
    const code = runBuilt(`
      const { bundleWorkflows, journeysOf } = require('./dist/src/roles/bundle-workflows');
      bundleWorkflows(journeysOf(require.resolve('./dist/src/workflows')))
        .then(({ code }) => process.stdout.write(code));`);
    expect(sdkCopiesIn(code)).toEqual([
      expect.stringContaining('dist/src/journey/define-journey.js'),
    ]);
  });

  it('is loaded once in a Node process', () => {
    const printed = runBuilt(`
      const { app } = require('./dist/src/workflows/app');
      const { loadJourneys } = require('./dist/src/app/load-journeys');
      loadJourneys(app);
      const copies = Object.keys(require.cache).filter((file) => /journey.define-journey\\.[jt]s$/.test(file));
      const same = require('throughline') === require('./dist/src/journey');
      process.stdout.write(JSON.stringify({ same, copies: copies.length }));`);
    expect(JSON.parse(printed)).toEqual({ same: true, copies: 1 });
  });
});
