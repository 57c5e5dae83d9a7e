import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineJourney } from '../../src/journey';
import { orderConfirmation } from '../../src/workflows';
import { environment } from '../support/engine';

const ROOT = join(__dirname, '..', '..');

/** The copies of the SDK among the modules of a bundle, by their path from the repository's root. */
function copiesIn(code: string): readonly string[] {
  const found = [...code.matchAll(/"\.\/([^"\n]*\/)?journey\/define-journey\.(ts|js)":?/g)];
  return [...new Set(found.map(([name]) => name))];
}

/** Runs a script with plain Node in the root of the repository and returns what it prints. */
function runBuilt(script: string): string {
  const maxBuffer = 64 * 1024 * 1024;
  return execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8', maxBuffer });
}

describe('the package under its own name', () => {
  it('is the SDK in src while tests run', () => {
    expect((require('throughline') as { defineJourney: unknown }).defineJourney).toBe(
      defineJourney,
    );
    expect(orderConfirmation.options.trigger.event).toBe('Order Completed');
  });

  it('is one copy in a bundle of the sources', () => {
    const code = readFileSync(environment('TEST_SHOP_BUNDLE'), 'utf8');
    expect(copiesIn(code)).toEqual([expect.stringContaining('src/journey/define-journey.ts')]);
  });

  it('is one copy in a bundle of the built package', () => {
    const code = runBuilt(`
      const { bundleWorkflows, journeysOf } = require('./dist/src/roles/bundle-workflows');
      bundleWorkflows(journeysOf(require.resolve('./dist/src/workflows')))
        .then(({ code }) => process.stdout.write(code));`);
    expect(copiesIn(code)).toEqual([expect.stringContaining('dist/src/journey/define-journey.js')]);
  });

  it('is one copy in a process of the built package, which plain Node runs', () => {
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
