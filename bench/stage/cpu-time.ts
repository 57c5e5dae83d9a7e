import { readdirSync, readFileSync } from 'node:fs';

/** CPU milliseconds by the name of a process. */
export type CpuMs = Readonly<Record<string, number>>;

export interface Watched {
  readonly name: string;
  readonly pid: number;
  /** True for a server that works in children of its own, as Postgres does. */
  readonly withChildren?: boolean;
}

/** /proc counts in ticks of a hundredth of a second, whatever the kernel's own rate. */
const MS_PER_TICK = 10;

/** The CPU time that each process has used so far; processes of one name are added up. */
export function cpuTimes(watched: readonly Watched[]): CpuMs {
  const sums: Record<string, number> = {};
  for (const { name, pid, withChildren } of watched) {
    const ticks = withChildren === true ? ticksWithChildren(pid) : (statOf(pid)?.own ?? 0);
    sums[name] = (sums[name] ?? 0) + ticks * MS_PER_TICK;
  }
  return sums;
}

/** What was used between two readings. */
export function cpuBetween(before: CpuMs, after: CpuMs): CpuMs {
  return Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]),
  );
}

/** Its own time, that of its living children, and that of children which have ended. */
function ticksWithChildren(parent: number): number {
  const stat = statOf(parent);
  if (stat === undefined) return 0;
  const living = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((each) => each?.parent === parent);
  return living.reduce((sum, each) => sum + (each?.own ?? 0), stat.own + stat.ended);
}

interface Stat {
  readonly parent: number;
  /** utime + stime */
  readonly own: number;
  /** cutime + cstime */
  readonly ended: number;
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // it has ended
  }
  // The name stands in brackets and may hold anything, so count from behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [, parent, , , , , , , , , , utime, stime, cutime, cstime] = fields.map(Number);
  return {
    parent: parent ?? 0,
    own: (utime ?? 0) + (stime ?? 0),
    ended: (cutime ?? 0) + (cstime ?? 0),
  };
}

/** Resident memory in bytes; 0 for a process that has ended. */
export function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
