import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Logs what is done, on the screen and in a file that the next run replaces. */
export interface RunLog {
  readonly folder: string;
  readonly note: (sentence: string) => void;
}

/** Begins the log of a run in `folder`, which also gets the output of the processes. */
export function beginLog(folder: string, say: (line: string) => void): RunLog {
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) rmSync(join(folder, old), { recursive: true });
  const start = performance.now();
  return {
    folder,
    note(sentence) {
      const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(7);
      const line = `${seconds}  ${sentence}`;
      appendFileSync(join(folder, 'faults.log'), `${line}\n`);
      say(line);
    },
  };
}
