import type { Config } from '../src/config';
import type { BenchCase } from './cases/bench-case';
import type { Row } from './report/row';
import { openStage, type Stage } from './stage/open-stage';
import { startCluster } from './stage/temporal-cluster';
import { startDevServer } from './stage/temporal-server';

export interface RunOptions {
  readonly quick: boolean;
  readonly repeats: number;
  readonly cluster: boolean;
  readonly profileFolder?: string | undefined;
  readonly config: Config;
  /** Called with all rows so far whenever a case has ended, so that a later failure costs none. */
  readonly keep: (measured: Measured) => void;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly server: string;
}

/**
 * Runs the cases one after the other, each on servers of its own; a quick run has one set of
 * servers for all, which saves their starts. A case that fails is told, and the next one run.
 *
 * @returns the names of the cases that failed
 */
export async function runCases(
  cases: readonly BenchCase[],
  options: RunOptions,
): Promise<readonly string[]> {
  const { quick, repeats, profileFolder, config } = options;
  const startTemporal = options.cluster ? startCluster : startDevServer;
  const log = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const rows: Row[] = [];
  const failed: string[] = [];
  let stage: Stage | undefined;
  const close = async () => {
    await stage?.close();
    stage = undefined;
  };
  const began = performance.now();
  let ended = false;
  const interrupted = untilSignal();
  interrupted.catch(() => {
    ended = true;
  });
  try {
    for (const [at, each] of cases.entries()) {
      const say = (what: string) => {
        const seconds = String(Math.round((performance.now() - began) / 1000)).padStart(4);
        log(`${seconds} s  [${at + 1} of ${cases.length}] ${each.name}: ${what}`);
      };
      say('starting');
      stage ??= await openStage({ config, startTemporal, profileFolder, log });
      try {
        rows.push(...(await Promise.race([each.run({ quick, repeats, stage, say }), interrupted])));
        options.keep({ rows, server: (await stage.temporal()).kind });
      } catch (error) {
        if (ended) throw error;
        failed.push(each.name);
        say(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      if (!quick || failed.includes(each.name)) await close();
    }
  } finally {
    await close();
  }
  return failed;
}

/** Rejects on Ctrl-C, so that what was started is stopped before the bench ends. */
function untilSignal(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error(`The bench was ended by ${signal}.`)));
    }
  });
}
