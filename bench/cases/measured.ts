import { cpuBetween, cpuTimes, type CpuMs, type Watched } from '../stage/cpu-time';

/** Runs the work and answers what it gave, with the CPU time that the processes used meanwhile. */
export async function measured<T>(
  watched: readonly Watched[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpu: CpuMs }> {
  const before = cpuTimes(watched);
  const result = await work();
  return { result, cpu: cpuBetween(before, cpuTimes(watched)) };
}
