import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { ADVISORY_LOCKS } from '../../db/sql/advisory-locks';
import type { Db } from '../../db/transaction';
import type { Clock } from '../../domain/clock';
import { columnsOf, type Column } from '../tabular/columns';
import type { Ingest } from '../../ingest/ingest';
import type { JourneyIndex } from '../../enrollments/journey-index';
import { createOutboxGauge } from '../../outbox/outbox-age';
import { createCallStore } from './call-store';
import { consentFields, consentIdentifiedBy, consentNeeds } from './consent-rows';
import { createConsentStore } from './consent-store';
import { customerRows } from './customer-rows';
import { eventRows } from './event-rows';
import type { BatchResult, FileRow, RowStore } from './file-row';
import {
  importIdOf,
  NOTHING_DONE,
  saveImport,
  unfinishedImport,
  type ImportProgress,
} from './import-record';
import { openRejects, rejectsPathOf, type RejectsFile } from './rejects-file';
import { readSource, rowsOf, type SourceFile } from './source-file';

export const IMPORT_KINDS = ['customers', 'events', 'consents'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export interface ImportDeps {
  readonly db: Db;
  readonly pool: Pool;
  readonly ingest: Ingest;
  readonly index: JourneyIndex;
  readonly topics: readonly string[];
  readonly clock: Clock;
}

export interface ImportOptions {
  readonly kind: ImportKind;
  readonly file: string;
  readonly mapping: ReadonlyMap<string, string>;
  /** Whether rows scope journeys as if they had just been sent. */
  readonly trigger: boolean;
  readonly dryRun: boolean;
  /** Called after the first pass over the file; an earlier run has processed `from` rows. */
  readonly onStart: (source: SourceFile, columns: readonly Column[], from: number) => void;
  readonly onProgress: (progress: ImportProgress) => void;
  /** Stops the import gracefully; the same command resumes it. */
  readonly signal: AbortSignal;
}

export interface ImportSummary extends ImportProgress {
  readonly rows: number;
  /** The rows of this run. */
  readonly rowsNow: number;
  readonly seconds: number;
  readonly stopped: boolean;
  readonly rejectsPath: string | null;
}

/** Rows of one transaction, as many as ingest batches itself. */
const ROWS_TOGETHER = 500;
/** Concurrent batches: two that ingest stores, and others that wait to be stored. */
const BATCHES_AHEAD = 4;
/** How often progress is stored. Rows that are repeated after a crash have no second effect. */
const KEEP_EVERY_MS = 1_000;
/** With `--trigger`, journeys are started no faster than the relay dispatches them. */
const MAX_OUTBOX_AGE_MS = 60_000;

/**
 * Imports a file through ingest: streamed, in a few concurrent batches. Progress is stored in the
 * database, so that an interrupted import of the same file resumes; each row has its own messageId, so
 * that no row takes effect twice.
 *
 * @throws {Error} for a file that cannot be imported as a whole, before anything was stored
 */
export async function importFile(deps: ImportDeps, options: ImportOptions): Promise<ImportSummary> {
  const { kind, mapping, trigger, dryRun } = options;
  const source = await readSource(options.file);
  const columns = checkedColumns(kind, source, mapping);
  const id = importIdOf({ kind, hash: source.hash, mapping, trigger });
  const unlock = dryRun ? () => Promise.resolve() : await lockImport(deps.pool, id, options.file);
  try {
    const before = dryRun ? undefined : await unfinishedImport(deps.db, id);
    const begun = before ?? NOTHING_DONE;
    const rejects = await openRejects(rejectsPathOf(options.file), source, begun.rejectsBytes);
    options.onStart(source, columns, begun.rowsDone);
    try {
      const store = storeOf(deps, options, source, columns);
      return await run(deps, options, { id, source, store, rejects, begun });
    } finally {
      await rejects.close();
    }
  } finally {
    await unlock();
  }
}

interface Run {
  readonly id: string;
  readonly source: SourceFile;
  readonly store: RowStore;
  readonly rejects: RejectsFile;
  readonly begun: ImportProgress;
}

async function run(deps: ImportDeps, options: ImportOptions, parts: Run): Promise<ImportSummary> {
  const { kind, file, dryRun, signal, trigger } = options;
  const { id, source, store, rejects, begun } = parts;
  const began = performance.now();
  const outboxAge = createOutboxGauge(deps);
  let progress = begun;
  let kept = began;
  const underWay: Promise<BatchResult>[] = [];

  const keep = async (finished: boolean) => {
    kept = performance.now();
    if (dryRun) return;
    const about = { id, kind, file, rows: source.rows };
    await saveImport(deps.db, about, progress, deps.clock.now(), finished);
  };

  /** Collects the results of the oldest batch: results are in the order of the file. */
  const settle = async () => {
    const result = await underWay.shift();
    if (result === undefined) return;
    const rejectsBytes = await rejects.add(result.rejected);
    progress = {
      rowsDone: progress.rowsDone + result.rows,
      stored: progress.stored + result.stored,
      duplicates: progress.duplicates + result.duplicates,
      rejected: progress.rejected + result.rejected.length,
      rejectsBytes,
    };
    options.onProgress(progress);
    if (performance.now() - kept > KEEP_EVERY_MS) await keep(false);
  };

  const begin = async (rows: readonly FileRow[]) => {
    while (underWay.length >= BATCHES_AHEAD) await settle();
    if (trigger) await roomInOutbox(outboxAge, signal);
    const batch = dryRun ? checked(store, rows) : store.store(rows);
    batch.catch(() => undefined); // it is thrown when its turn has come
    underWay.push(batch);
  };

  if (!dryRun && begun.rowsDone === 0) await keep(false);
  let rows: FileRow[] = [];
  try {
    for await (const row of rowsOf(source, begun.rowsDone)) {
      if (signal.aborted) break;
      rows.push(row);
      if (rows.length < ROWS_TOGETHER) continue;
      await begin(rows);
      rows = [];
    }
    if (rows.length > 0 && !signal.aborted) await begin(rows);
    while (underWay.length > 0) await settle();
  } catch (error) {
    // Stores the progress so far, if the database still answers.
    await Promise.allSettled(underWay);
    await keep(false).catch(() => undefined);
    throw new Error(
      `The import stopped after row ${progress.rowsDone} of ${source.rows}. Run the same command again: it resumes there.`,
      { cause: error },
    );
  }
  const stopped = progress.rowsDone < source.rows;
  await keep(!stopped);
  return {
    ...progress,
    rows: source.rows,
    rowsNow: progress.rowsDone - begun.rowsDone,
    seconds: (performance.now() - began) / 1000,
    stopped,
    rejectsPath: progress.rejected > 0 ? rejects.path : null,
  };
}

async function roomInOutbox(outboxAge: () => number, signal: AbortSignal): Promise<void> {
  while (outboxAge() > MAX_OUTBOX_AGE_MS && !signal.aborted) await pause(500);
}

async function checked(store: RowStore, rows: readonly FileRow[]): Promise<BatchResult> {
  const rejected = await store.check(rows);
  return { rows: rows.length, stored: rows.length - rejected.length, duplicates: 0, rejected };
}

function checkedColumns(
  kind: ImportKind,
  { header, path }: SourceFile,
  mapping: ReadonlyMap<string, string>,
): readonly Column[] {
  const {
    fields,
    identifiedBy,
    needs = [],
  } = {
    customers: customerRows,
    events: eventRows,
    consents: { fields: consentFields, identifiedBy: consentIdentifiedBy, needs: consentNeeds },
  }[kind];
  const columns = columnsOf(header, mapping, fields);
  const has = (field: string) =>
    columns.some((column) => column.kind === 'field' && column.field === field);
  // A page has no event name, only its type.
  const missing = needs.filter((field) => !has(field) && !(field === 'event' && has('type')));
  if (missing.length > 0 || !identifiedBy.some(has)) {
    const wanted = [...missing, ...(identifiedBy.some(has) ? [] : [identifiedBy.join(' or ')])];
    throw new Error(
      `${path} has no column for ${wanted.join(', and none for ')}; found ${header.map((name) => `'${name}'`).join(', ')}. Map one with --map 'COLUMN=${wanted[0]?.split(' ')[0] ?? ''}'.`,
    );
  }
  return columns;
}

function storeOf(
  deps: ImportDeps,
  { kind, trigger }: ImportOptions,
  { hash }: SourceFile,
  columns: readonly Column[],
): RowStore {
  const { db, ingest } = deps;
  const now = deps.clock.now();
  const messageIdOf = ({ number }: FileRow) => `import:${hash.slice(0, 32)}:${number}`;
  if (kind === 'consents') {
    return createConsentStore({ ...deps, columns, now, messageIdOf });
  }
  const [reader, quiet] =
    kind === 'customers' ? ([customerRows, 'active'] as const) : ([eventRows, 'none'] as const);
  const scope = trigger ? 'all' : quiet;
  return createCallStore({ db, ingest, reader, columns, scope, now, messageIdOf });
}

/** Concurrent imports of one file would count each other's rows as duplicates. */
async function lockImport(pool: Pool, id: string, file: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1, hashtext($2)) as locked',
    [ADVISORY_LOCKS.importFile, id],
  );
  if (rows[0]?.locked !== true) {
    client.release();
    throw new Error(
      `${file} is being imported by another process; wait for it to end, or stop it.`,
    );
  }
  return async () => {
    await client
      .query('select pg_advisory_unlock($1, hashtext($2))', [ADVISORY_LOCKS.importFile, id])
      .catch(() => undefined);
    client.release();
  };
}
