import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSetting } from './role-process';

const LIBFAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
];

/**
 * Starts a process with a wrong clock: by libfaketime where it is installed, which also affects native
 * code; otherwise by a hook that affects JavaScript only.
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
        // Timers use the monotonic clock, which a shift of the wall clock does not affect.
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
