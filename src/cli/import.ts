import { composeIngest } from '../compose-ingest';
import type { Config } from '../config';
import { systemClock } from '../domain/clock';
import { loadApp } from '../roles/load-app';
import {
  importFile,
  IMPORT_KINDS,
  type ImportKind,
  type ImportSummary,
} from '../transfer/import/import-file';
import type { SourceFile } from '../transfer/import/source-file';
import type { Column } from '../transfer/tabular/columns';
import { databaseUrlFor } from './find-database';
import { showTransfer, type TransferProgress } from './transfer-progress';

export interface ImportCommandOptions {
  readonly map?: readonly string[];
  readonly trigger?: true;
  readonly dryRun?: true;
}

/** One for each concurrent batch, one that holds the lock, and one spare. */
const MAX_CONNECTIONS = 6;

/** Exit codes: every row was stored; some rows were rejected; interrupted by a signal. */
const EXIT = { whole: 0, rejects: 2, stopped: 130 } as const;

/** `throughline import KIND FILE`: imports a file, with or without a running system. */
export async function runImport(
  config: Config,
  kind: string,
  file: string,
  options: ImportCommandOptions,
): Promise<void> {
  const known = kindNamed(kind);
  const mapping = mappingOf(options.map ?? []);
  const app = loadApp(config.THROUGHLINE_APP);
  const { connection, index, ingest } = composeIngest({
    app,
    clock: systemClock,
    databaseUrl: databaseUrlFor('import', config),
    maxConnections: Math.min(config.DATABASE_CONNECTIONS, MAX_CONNECTIONS),
  });
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(EXIT.stopped);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  let shown: TransferProgress | undefined;
  try {
    const summary = await importFile(
      {
        db: connection.db,
        pool: connection.pool,
        ingest,
        index,
        topics: app.catalogue.topics,
        clock: systemClock,
      },
      {
        kind: known,
        file,
        mapping,
        trigger: options.trigger === true,
        dryRun: options.dryRun === true,
        signal: stop.signal,
        onStart(source, columns, from) {
          process.stderr.write(`${beginning(known, source, columns, from)}\n`);
          shown = showTransfer('rows', source.rows, from, process.stderr);
        },
        onProgress: ({ rowsDone, rejected }) =>
          shown?.update(rowsDone, rejected === 0 ? '' : `${rejected} rejected`),
      },
    );
    shown?.stop();
    process.stdout.write(`${ending(summary, options.dryRun === true)}\n`);
    process.exitCode = summary.stopped
      ? EXIT.stopped
      : summary.rejected > 0
        ? EXIT.rejects
        : EXIT.whole;
  } finally {
    shown?.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await connection.close();
  }
}

function kindNamed(kind: string): ImportKind {
  const known = IMPORT_KINDS.find((each) => each === kind);
  if (known !== undefined) return known;
  throw new Error(`Found '${kind}' to import; expected ${IMPORT_KINDS.join(', ')}.`);
}

/** Parses `column=field` mappings; `column=` ignores a column. */
function mappingOf(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((each) => {
      const at = each.lastIndexOf('=');
      if (at < 1) {
        throw new Error(
          `Found --map '${each}'; expected COLUMN=FIELD, or COLUMN= to ignore the column.`,
        );
      }
      return [each.slice(0, at).trim(), each.slice(at + 1).trim()];
    }),
  );
}

/** Describes how the columns are stored, so that a mistake is noticed before the import. */
function beginning(
  kind: ImportKind,
  { path, rows, header }: SourceFile,
  columns: readonly Column[],
  from: number,
): string {
  const names = (wanted: Column['kind']) =>
    header.filter((_, at) => columns[at]?.kind === wanted).map((name) => `'${name}'`);
  const own = names('own');
  const ignored = names('ignored');
  const kinds = { customers: 'traits', events: 'properties', consents: 'proof' } as const;
  return [
    `${path}: ${rows.toLocaleString('en')} rows of ${kind}.`,
    ...(own.length === 0 ? [] : [`Columns stored as ${kinds[kind]}: ${own.join(', ')}.`]),
    ...(ignored.length === 0 ? [] : [`Columns ignored: ${ignored.join(', ')}.`]),
    ...(from === 0 ? [] : [`Resumes after row ${from.toLocaleString('en')}.`]),
  ].join('\n');
}

function ending(summary: ImportSummary, dryRun: boolean): string {
  const { rows, rowsDone, rowsNow, seconds, stored, duplicates, rejected } = summary;
  const n = (count: number) => count.toLocaleString('en');
  const rate = n(Math.round(rowsNow / Math.max(0.001, seconds)));
  const time = `${n(rowsNow)} rows in ${seconds.toFixed(1)} s (${rate} rows a second)`;
  const lines = dryRun
    ? [
        `Checked ${time}: ${n(stored)} would be stored, ${n(rejected)} would be rejected. Nothing was stored.`,
      ]
    : [
        `Imported ${time}.`,
        `Of ${n(rowsDone)} rows ${n(stored)} were stored, ${n(duplicates)} had been stored already, ${n(rejected)} were rejected.`,
      ];
  if (summary.rejectsPath !== null) {
    lines.push(
      `The rejected rows are in ${summary.rejectsPath}, each with its line number and the reason.`,
    );
  }
  if (summary.stopped) {
    lines.push(`Stopped after row ${n(rowsDone)} of ${n(rows)}. Run the same command to resume.`);
  }
  return lines.join('\n');
}
