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
}

/**
 * Runs the cases one after the other, each on servers of its own; a quick run has one set of
 * servers for all, which saves their starts.
 */
export async function runCases(
  cases: readonly BenchCase[],
  options: RunOptions,
): Promise<{ readonly rows: readonly Row[]; readonly server: string }> {
  const { quick, repeats, profileFolder, config } = options;
  const startTemporal = options.cluster ? startCluster : startDevServer;
  const log = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  const rows: Row[] = [];
  let server = '';
  let stage: Stage | undefined;
  const close = async () => {
    await stage?.close();
    stage = undefined;
  };
  const began = performance.now();
  const interrupted = untilSignal();
  interrupted.catch(() => undefined); // where nothing waits for it any more
  try {
    for (const [at, each] of cases.entries()) {
      const say = (what: string) => {
        const seconds = String(Math.round((performance.now() - began) / 1000)).padStart(4);
        log(`${seconds} s  [${at + 1} of ${cases.length}] ${each.name}: ${what}`);
      };
      say('starting');
      stage ??= await openStage({ config, startTemporal, profileFolder, log });
      rows.push(...(await Promise.race([each.run({ quick, repeats, stage, say }), interrupted])));
      server = (await stage.temporal()).kind;
      if (!quick) await close();
    }
  } finally {
    await close();
  }
  return { rows, server };
}

/** Rejects on Ctrl-C, so that what was started is stopped before the bench ends. */
function untilSignal(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error(`The bench was ended by ${signal}.`)));
    }
  });
}
