import { stringify } from 'csv-stringify/sync';
import { guarded } from '../tabular/cell';
import type { ExportedRow, Field } from './exported-table';

export const FORMATS = ['csv', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** How rows are serialized. */
export interface RowFormat {
  readonly head: string;
  /** @param first whether nothing was written before them */
  readonly rows: (rows: readonly ExportedRow[], first: boolean) => string;
  readonly tail: string;
}

/** The format by the extension of a file; CSV by default. */
export function formatOf(path: string): Format {
  const ending = /\.(\w+?)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === 'json') return 'json';
  return ending === 'ndjson' || ending === 'jsonl' ? 'ndjson' : 'csv';
}

export function rowFormat(format: Format, columns: readonly string[]): RowFormat {
  const listed = (row: ExportedRow) =>
    JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
  switch (format) {
    case 'csv':
      return {
        head: stringify([[...columns]]),
        rows: (rows) => stringify(rows.map((row) => columns.map((name) => cellOf(row[name])))),
        tail: '',
      };
    case 'ndjson':
      return { head: '', rows: (rows) => rows.map((row) => `${listed(row)}\n`).join(''), tail: '' };
    case 'json':
      return {
        head: '[',
        rows: (rows, first) =>
          rows.map((row, at) => `${first && at === 0 ? '' : ','}\n${listed(row)}`).join(''),
        tail: '\n]\n',
      };
  }
}

/** Texts that look like formulas are escaped; an import reads the original back. */
function cellOf(value: Field | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return guarded(value);
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : `${value}`;
}
