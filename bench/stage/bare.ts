import { join } from 'node:path';
import type { BareIngestFacts, BareIngestSettings } from '../bare/ingest-server';
import type { CallTable } from './answer-calls';
import { startChild, type BenchProcess } from './child-process';
import { lazily } from './lazily';
import type { Load } from './load';
import type { Stage } from './open-stage';
import { POOL_SIZE, WRITE_KEY } from './ours';

/** What Throughline stands on, used directly and for nothing else. */
export interface Bare {
  /** Express that checks the key and writes each request's events by one statement. */
  readonly ingest: () => Promise<BenchProcess & { readonly url: string }>;
}

export function createBare(
  stage: Omit<Stage, 'ours' | 'bare' | 'load'>,
  load: () => Promise<Load>,
): Bare {
  const ingest = lazily(async () => {
    const settings: BareIngestSettings = {
      databaseUrl: await stage.database('bare'),
      maxConnections: POOL_SIZE,
      writeKey: WRITE_KEY,
    };
    const child = await startChild<CallTable, BareIngestFacts>(
      require.resolve('../bare/ingest-server'),
      settings,
      { name: 'api', logFile: join(stage.folder, 'bare-ingest.log'), env: stage.environment },
    );
    stage.onClose(() => child.stop());
    return { ...child, url: `http://127.0.0.1:${child.facts.port}` };
  });
  void load;
  return { ingest };
}
