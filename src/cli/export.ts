import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { PassThrough, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Config } from '../config';
import { connect } from '../db/connect';
import { findCustomer } from '../db/read-models/customers/find-customer';
import type { Db } from '../db/transaction';
import { parseLooseTimestamp } from '../domain/events/timestamps';
import { exportTable } from '../transfer/export/export-table';
import type { ExportedTable, ExportFilter } from '../transfer/export/exported-table';
import { formatOf, FORMATS, type Format } from '../transfer/export/row-format';
import { EXPORTED, EXPORT_KINDS, type ExportKind } from '../transfer/export/tables';
import { databaseUrlFor } from './find-database';
import { showTransfer } from './transfer-progress';

export interface ExportCommandOptions {
  readonly since?: string;
  readonly until?: string;
  readonly journey?: string;
  readonly event?: string;
  readonly customer?: string;
  readonly format?: string;
}

/** `throughline export KIND FILE|-`: writes the rows of a table to a file or to standard output. */
export async function runExport(
  config: Config,
  kind: string,
  file: string,
  options: ExportCommandOptions,
): Promise<void> {
  const known = kindNamed(kind);
  const format = formatNamed(options.format) ?? formatOf(file);
  const connection = connect(databaseUrlFor('export', config), 1);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('The export was interrupted; no file was written.'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const filter = await filterOf(connection.db, known, options);
    const startedAt = performance.now();
    const shown = showTransfer(known, undefined, 0, process.stderr);
    const rows = await intoFile(file, stop.signal, (out) =>
      exportTable(connection.db, EXPORTED[known], out, {
        filter,
        format,
        onProgress: (written) => shown.update(written, ''),
        signal: stop.signal,
      }),
    );
    shown.stop();
    const seconds = (performance.now() - startedAt) / 1000;
    const rate = Math.round(rows / Math.max(0.001, seconds)).toLocaleString('en');
    process.stderr.write(
      `Exported ${rows.toLocaleString('en')} ${known} in ${seconds.toFixed(1)} s (${rate} a second).\n`,
    );
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    await connection.close();
  }
}

/** Writes to a draft, which is renamed when complete. Only the owner may read it: it has personal data. */
async function intoFile(
  file: string,
  signal: AbortSignal,
  write: (out: Writable) => Promise<number>,
): Promise<number> {
  const rows = new PassThrough({ highWaterMark: 1024 * 1024 });
  const packed = /\.gz$/i.test(file) ? [createGzip()] : [];
  if (file === '-') {
    const sent = pipeline(rows, process.stdout, { end: false, signal }).catch(exitOnClosedPipe);
    return await both(rows, sent, write);
  }
  const draft = `${file}.part`;
  try {
    const out = createWriteStream(draft, { mode: 0o600 });
    const written = await both(rows, pipeline([rows, ...packed, out], { signal }), write);
    await rename(draft, file);
    return written;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function both(
  rows: PassThrough,
  sent: Promise<void>,
  write: (out: Writable) => Promise<number>,
): Promise<number> {
  const writing = write(rows).then(
    (written) => {
      rows.end();
      return written;
    },
    (error: unknown) => {
      rows.destroy(error as Error);
      throw error;
    },
  );
  const [written] = await Promise.all([writing, sent]);
  return written;
}

/** The reader of standard output may close the pipe early, as `head` does. */
function exitOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

async function filterOf(
  db: Db,
  kind: ExportKind,
  options: ExportCommandOptions,
): Promise<ExportFilter> {
  const filter: ExportFilter = {
    since: momentIn('--since', options.since),
    until: momentIn('--until', options.until),
    journey: options.journey,
    event: options.event,
    customerId: options.customer === undefined ? undefined : await customerIn(db, options.customer),
  };
  const table: ExportedTable = EXPORTED[kind];
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined || (table.filters as readonly string[]).includes(name)) continue;
    throw new Error(`Found --${name}, which does not apply to ${kind}. Leave it out.`);
  }
  return filter;
}

async function customerIn(db: Db, reference: string): Promise<string> {
  const found = await findCustomer(db, reference);
  if (found.found === 'one') return found.id;
  throw new Error(
    found.found === 'several'
      ? `Found several customers with ${reference}; use one of the ids ${found.ids.join(', ')}.`
      : `Found no customer ${reference}; expected a user id, user_id:…, anonymous_id:… or email:….`,
  );
}

function momentIn(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = parseLooseTimestamp(text);
  if (at !== undefined) return at;
  throw new Error(
    `Found ${name} ${text}; expected a time such as 2026-01-31 or 2026-01-31T12:00Z.`,
  );
}

function kindNamed(kind: string): ExportKind {
  const known = EXPORT_KINDS.find((each) => each === kind);
  if (known !== undefined) return known;
  throw new Error(`Found '${kind}' to export; expected one of ${EXPORT_KINDS.join(', ')}.`);
}

function formatNamed(format: string | undefined): Format | undefined {
  if (format === undefined) return undefined;
  const known = FORMATS.find((each) => each === format);
  if (known !== undefined) return known;
  throw new Error(`Found --format ${format}; expected one of ${FORMATS.join(', ')}.`);
}
