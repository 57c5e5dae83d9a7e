import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { sql } from 'kysely';
import type { Db } from '../../db/transaction';
import type { ExportedTable, ExportFilter } from './exported-table';
import { rowFormat, type Format } from './row-format';

export interface ExportOptions {
  readonly filter: ExportFilter;
  readonly format: Format;
  readonly onProgress: (rows: number) => void;
  readonly signal: AbortSignal;
}

/** Rows that are in memory at a time. */
const ROWS_TOGETHER = 1_000;

/**
 * Writes all rows that a filter finds, part by part along the key, no faster than they are taken.
 * No transaction is held open meanwhile, so what comes while it runs may be in it or not.
 *
 * @returns how many rows were written
 */
export async function exportTable(
  db: Db,
  table: ExportedTable,
  out: Writable,
  { filter, format, onProgress, signal }: ExportOptions,
): Promise<number> {
  const { head, rows: text, tail } = rowFormat(format, table.columns);
  let after = '';
  let written = 0;
  await write(out, head);
  for (;;) {
    signal.throwIfAborted();
    const { rows, last } = await db.transaction().execute(async (tx) => {
      // A filter that finds little may read much for one part.
      await sql`set local statement_timeout = 0`.execute(tx);
      return table.read(tx, filter, after, ROWS_TOGETHER);
    });
    if (rows.length > 0) await write(out, text(rows, written === 0));
    written += rows.length;
    onProgress(written);
    if (last === undefined || rows.length < ROWS_TOGETHER) break;
    after = last;
  }
  await write(out, tail);
  return written;
}

async function write(out: Writable, text: string): Promise<void> {
  if (text !== '' && !out.write(text)) await once(out, 'drain');
}
