import { residentBytes } from './cpu-time';

export interface MemoryUse {
  /** Bytes of the process, as the system counts them. */
  readonly resident: number;
  /** Bytes of live JavaScript objects and of what they hold outside the heap. */
  readonly live: number;
}

/** What this process holds, after a collection where Node was started with --expose-gc. */
export function memoryUse(): Promise<MemoryUse> {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return Promise.resolve({ resident: residentBytes(process.pid), live: heapUsed + external });
}
