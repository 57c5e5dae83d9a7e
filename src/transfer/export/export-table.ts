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

/** The most rows in memory. */
const ROWS_TOGETHER = 1_000;

/**
 * Writes all rows that match a filter, page by page along the key, with back-pressure. No transaction
 * stays open, so rows that are written meanwhile may be included or not.
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
      // A selective filter may read much for one page.
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
