import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import type { Db } from '../src/db/transaction';

const run = promisify(execFile);
const AGAIN_MS = 250;

/**
 * Simulates a full disk for the table of events only: the kernel's limit on the size of files
 * (RLIMIT_FSIZE, which Postgres handles like a full disk) is set on the running server to the current
 * size of the table. Below 16 MB the limit would also affect the write-ahead log, so call `growEvents`
 * first.
 *
 * @returns false where the limit cannot be set, as on a machine without `prlimit`
 */
export async function fillDisk(
  db: Db,
  postmaster: () => number | undefined,
  forMs: number,
): Promise<boolean> {
  const limit = await sizeOfEvents(db);
  const deadline = Date.now() + forMs;
  try {
    while (Date.now() < deadline) {
      if (!(await limitAll(postmaster(), String(limit)))) return false;
      await pause(AGAIN_MS);
    }
  } finally {
    await limitAll(postmaster(), 'unlimited');
  }
  return true;
}

/** Grows this month's table beyond a segment of the write-ahead log, with events of no customer. */
export async function growEvents(db: Db): Promise<void> {
  const LEAST = 17 * 1024 * 1024;
  const rows = 50_000;
  while ((await sizeOfEvents(db)) < LEAST) {
    // Small rows, so that no page has free space for another event.
    await sql`
      insert into events (id, message_id, type, name, properties, context, occurred_at, received_at)
      select gen_random_uuid()::text, 'growth', 'track', 'Growth', '{}', '{}', now(), now()
      from generate_series(1, ${rows})`.execute(db);
  }
}

async function sizeOfEvents(db: Db): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select max(pg_relation_size(relid)) as size
    from pg_partition_tree('events') where isleaf`.execute(db);
  return rows[0]?.size ?? 0;
}

/**
 * The limit of a process applies to backends that it forks later, not to existing ones.
 *
 * @returns whether it was set on the postmaster
 */
async function limitAll(postmaster: number | undefined, limit: string): Promise<boolean> {
  if (postmaster === undefined) return true; // it is away, and about to be started again
  const taken = await limitOne(postmaster, limit);
  // A backend may have exited meanwhile.
  for (const pid of childrenOf(postmaster)) await limitOne(pid, limit);
  return taken;
}

/** Runs as the user of the process: root in a container may lack the permission. */
async function limitOne(pid: number, limit: string): Promise<boolean> {
  try {
    const { uid, gid } = statSync(`/proc/${pid}`);
    await run('prlimit', ['--pid', String(pid), `--fsize=${limit}:`], { uid, gid });
    return true;
  } catch {
    return false;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
