import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { whyNotExecutable } from './executables';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long the download may take to start, and then to receive the next byte. */
const PATIENCE_MS = 20_000;
const REFUSAL_FILE = 'sdk-download-refused';

// Runs in its own process: the SDK's native download can neither be cancelled nor be run without
// starting the server, and it would create the SDK's global runtime before the application does.
const SCRIPT = `
const [testing, kind, downloadDir] = process.argv.slice(1);
const { TestWorkflowEnvironment: environment } = require(testing);
const server = { executable: { type: 'cached-download', downloadDir } };
(kind === 'cli' ? environment.createLocal({ server }) : environment.createTimeSkipping({ server }))
  .then((started) => started.teardown())
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

/**
 * Lets the Temporal SDK download its server into `folder`, and returns the file's path. Rejects with
 * the reason where the download is refused, stalls or is interrupted.
 */
export async function downloadWithSdk(
  kind: 'cli' | 'test-server',
  folder: string,
): Promise<string> {
  const args = ['-e', SCRIPT, require.resolve('@temporalio/testing'), kind, folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const run = { said: '', ended: false };
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    run.said += chunk;
  });
  child.once('error', (error) => {
    run.said += error.message;
    run.ended = true;
  });
  child.once('close', () => {
    run.ended = true;
  });
  let bytes = bytesIn(folder);
  let deadline = Date.now() + PATIENCE_MS;
  while (!run.ended && Date.now() < deadline) {
    await pause(50);
    const now = bytesIn(folder);
    if (now !== bytes) deadline = Date.now() + PATIENCE_MS;
    bytes = now;
  }
  const stalled = !run.ended;
  if (stalled) child.kill('SIGKILL');
  // The download may be complete although the server did not start.
  const found = readdirSync(folder)
    .map((name) => join(folder, name))
    .find((path) => !path.endsWith('.downloading') && whyNotExecutable(path) === undefined);
  if (found) return found;
  throw new Error(
    stalled ? `no answer within ${PATIENCE_MS / 1000} s` : (run.said.trim().split('\n')[0] ?? ''),
  );
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    return sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

/** Each version of the SDK downloads the server that it was tested with. */
export function sdkVersion(): string {
  const root = dirname(dirname(require.resolve('@temporalio/testing')));
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return version;
}

/** Why the download was refused within the last day: then a start does not wait for it again. */
export async function recentRefusal(cacheDir: string): Promise<string | undefined> {
  const file = join(cacheDir, REFUSAL_FILE);
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
  return age < DAY_MS ? await readFile(file, 'utf8') : undefined;
}

export async function rememberRefusal(cacheDir: string, reason: string): Promise<void> {
  await writeFile(join(cacheDir, REFUSAL_FILE), reason);
}
