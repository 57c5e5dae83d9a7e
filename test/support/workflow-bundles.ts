import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflows, journeysOf } from '../../src/roles/bundle-workflows';
import { testCacheDir } from './stack';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(testCacheDir, 'test-bundles');
const MAX_AGE_MS = 24 * 60 * 60_000;

/** The variables in which test files find the bundles, and what is bundled. */
const BUNDLES = {
  TEST_SHOP_BUNDLE: journeysOf(require.resolve('../../src/workflows')),
  TEST_SYSTEM_BUNDLE: { workflowsPath: require.resolve('../../src/system/workflows') },
  TEST_JOURNEYS_BUNDLE: journeysOf(require.resolve('../journeys/sample-journeys')),
};

/**
 * Bundles the workflows once for all test files. The bundles are cached by a hash of everything that
 * can be part of them, since bundling takes 2 to 3 seconds each.
 *
 * @returns for each variable the path of its bundle
 */
export async function bundleTestWorkflows(): Promise<Readonly<Record<string, string>>> {
  const folder = join(FOLDER, hashOfSources());
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    await mkdir(unfinished, { recursive: true });
    for (const [name, request] of Object.entries(BUNDLES)) {
      const { code } = await bundleWorkflows(request);
      await writeFile(join(unfinished, `${name}.js`), code);
    }
    await removeOld();
    // A concurrent run may have created the same bundles.
    await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  }
  return Object.fromEntries(Object.keys(BUNDLES).map((name) => [name, join(folder, `${name}.js`)]));
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) {
    hash.update(readFileSync(join(ROOT, file)));
  }
  for (const folder of ['src', 'test/journeys']) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.ts')).toSorted()) {
      hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 32);
}

/** Deletes old bundles; a recent one may be in use by another run. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(FOLDER)) {
    const folder = join(FOLDER, name);
    if (Date.now() - statSync(folder).mtimeMs > MAX_AGE_MS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
