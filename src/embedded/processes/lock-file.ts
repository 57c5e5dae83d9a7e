import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { codeOf } from './error-facts';
import { isRunning, startOf } from './running-process';

interface Holder {
  readonly pid: number;
  readonly start: string | null;
}

/**
 * Takes the lock `file` for this process and returns the function that releases it. A lock whose
 * process has ended is taken over.
 *
 * @param refuse makes the error where the process that holds the lock is alive
 */
export function lockFile(file: string, refuse: (pid: number) => Error): () => void {
  const mine: Holder = { pid: process.pid, start: startOf(process.pid) ?? null };
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    // A link appears with its content at once, so nobody ever reads a half-written lock.
    while (!tryLink(draft, file)) takeOverIfStale(file, refuse);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => rmSync(file, { force: true });
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
  }
  try {
    // Some mounted file systems have no links; an exclusive copy is the next best.
    copyFileSync(draft, file, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function takeOverIfStale(file: string, refuse: (pid: number) => Error): void {
  const seen = read(file);
  if (seen === undefined) return;
  assertDead(seen, refuse);
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Another process took it over first; the next iteration finds its lock.
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== seen) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function assertDead(content: string, refuse: (pid: number) => Error): void {
  let holder: Holder;
  try {
    holder = JSON.parse(content);
  } catch {
    return; // Throughline writes no such lock.
  }
  if (!isRunning(holder.pid)) return;
  if (holder.start !== null && holder.start !== (startOf(holder.pid) ?? null)) return;
  throw refuse(holder.pid);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
