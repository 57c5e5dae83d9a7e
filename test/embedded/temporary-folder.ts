import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** A folder for one test file, removed after it; other users may pass through, as in a real home. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-dev-'));
  chmodSync(folder, 0o711);
  afterAll(() => {
    // Where the temporary folder itself is closed to others, Postgres kept its data elsewhere.
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (basename(name) !== 'location') continue;
      rmSync(readFileSync(join(folder, name), 'utf8').trim(), { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
