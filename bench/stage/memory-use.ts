import { residentBytes } from './cpu-time';
import { threadHeaps } from './thread-heaps';

export interface MemoryUse {
  /** Bytes of the process, as the system counts them. */
  readonly resident: number;
  /** Bytes of live JavaScript objects in all threads, and of what they hold outside the heap. */
  readonly live: number;
  /** The part of them that lies in worker threads, where the SDK runs workflows. */
  readonly inThreads: number;
}

/** What this process holds once all its garbage is collected. Node must run with --expose-gc. */
export async function memoryUse(): Promise<MemoryUse> {
  globalThis.gc?.();
  const inThreads = await threadHeaps();
  const { heapUsed, external } = process.memoryUsage();
  return { resident: residentBytes(process.pid), live: heapUsed + external + inThreads, inThreads };
}
