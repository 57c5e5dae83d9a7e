import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  importFile,
  type ImportKind,
  type ImportOptions,
  type ImportSummary,
} from '../../src/transfer/import/import-file';
import { startApiWorld, journeysOf, type ApiWorld } from '../api/api-world';

/** A database with an ingest and journeys that would start at once, and a folder for files. */
export interface ImportWorld extends ApiWorld {
  readonly folder: string;
  file(name: string, content: string | Buffer): Promise<string>;
  text(name: string): Promise<string>;
  /** Imports a file that holds this, or the file of this name where it is there already. */
  run(kind: ImportKind, name: string, options?: Partial<ImportOptions>): Promise<ImportSummary>;
}

export async function startImportWorld(): Promise<ImportWorld> {
  const world = await startApiWorld(
    {},
    journeysOf({
      onOrder: { trigger: { kind: 'event', event: 'Order Completed' }, purpose: 'offers' },
      onIdentify: { trigger: { kind: 'event', event: 'Identify' } },
      onConsent: { trigger: { kind: 'event', event: 'Consent Changed' } },
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'throughline-import-'));
  return {
    ...world,
    folder,
    async file(name, content) {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    text: (name) => readFile(join(folder, name), 'utf8'),
    run: (kind, name, options = {}) =>
      importFile(
        {
          db: world.deps.db,
          pool: world.connection.pool,
          ingest: world.ingest,
          index: world.index,
          topics: world.deps.topics,
          clock: world.deps.clock,
        },
        {
          kind,
          file: join(folder, name),
          mapping: new Map(),
          trigger: false,
          dryRun: false,
          signal: new AbortController().signal,
          onStart: () => undefined,
          onProgress: () => undefined,
          ...options,
        },
      ),
    async stop() {
      await world.stop();
      await rm(folder, { recursive: true });
    },
  };
}
