import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSetting } from './role-process';

const LIBFAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
];

/**
 * What makes a process start with a wrong clock: libfaketime where the package is installed, which
 * also deceives native code; otherwise a hook that deceives JavaScript.
 */
export function wrongClock(byMs: number): ProcessSetting & { readonly means: string } {
  const library = LIBFAKETIME.find((path) => existsSync(path));
  if (library !== undefined) {
    const seconds = Math.round(byMs / 1000);
    return {
      means: 'libfaketime',
      preloaded: [],
      environment: {
        LD_PRELOAD: library,
        FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
        // Timers run on the monotonic clock, which no shift of the wall clock touches.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    };
  }
  return {
    means: "JavaScript's clock only, since libfaketime is not installed",
    preloaded: [join(__dirname, 'shift-clock.cjs')],
    environment: { FAULTS_CLOCK_SHIFT_MS: String(byMs) },
  };
}
