import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { whyNotExecutable } from './executables';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A writable folder: `preferred`, or, where the home is read-only or missing, one of this user in the
 * system's temporary folder.
 */
export async function writableCache(preferred: string): Promise<string> {
  try {
    await mkdir(preferred, { recursive: true });
    const probe = join(preferred, `.probe-${randomBytes(4).toString('hex')}`);
    await writeFile(probe, '');
    await rm(probe);
    return preferred;
  } catch {
    return await ownTemporaryFolder();
  }
}

/** Every folder in which an earlier run may have left a binary. */
function cacheFolders(preferred: string): string[] {
  return [preferred, temporaryFolderName()];
}

async function ownTemporaryFolder(): Promise<string> {
  const folder = temporaryFolderName();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await isOurs(folder))) {
    throw new Error(
      `${folder} belongs to another user; expected a folder of this user for binaries. ` +
        'Remove it, or make the cache folder writable.',
    );
  }
  return folder;
}

function temporaryFolderName(): string {
  return join(tmpdir(), `throughline-cache-${process.getuid?.() ?? userInfo().username}`);
}

/** Files that others can write are not run: anyone may create folders in the temporary folder. */
export async function isOurs(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const { uid, mode } = await stat(path);
  return (uid === process.getuid?.() || uid === 0) && (mode & 0o022) === 0;
}

/** The cached binary `name`, or undefined. */
export async function cachedBinary(preferred: string, name: string): Promise<string | undefined> {
  for (const folder of cacheFolders(preferred)) {
    const path = join(folder, name);
    if (whyNotExecutable(path) !== undefined) continue;
    if (folder === preferred || ((await isOurs(folder)) && (await isOurs(path)))) return path;
  }
  return undefined;
}

/**
 * Lets `make` write a file in a private folder, then moves it into the cache as `name` atomically, so
 * that concurrent processes see either nothing or the whole file.
 */
export async function addToCache(
  cacheDir: string,
  name: string,
  make: (folder: string) => Promise<string>,
): Promise<string> {
  await removeAbandoned(cacheDir);
  const folder = await mkdtemp(join(cacheDir, '.download-'));
  try {
    const made = await make(folder);
    await chmod(made, 0o755);
    const file = await open(made, 'r');
    await file.sync();
    await file.close();
    const target = join(cacheDir, name);
    await rename(made, target).catch((error: unknown) => {
      // Windows does not replace a running binary; then another process was faster, which is fine.
      if (whyNotExecutable(target) !== undefined) throw error;
    });
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    if (!name.startsWith('.download-')) continue;
    const path = join(cacheDir, name);
    const changed = await stat(path).catch(() => undefined);
    if (changed && Date.now() - changed.mtimeMs > DAY_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
