import type { Column } from '../tabular/columns';
import { unguarded, valueOfCell } from '../tabular/cell';
import type { Json } from '../../domain/json';
import type { FileRow } from './file-row';

/** A row by the meaning of its columns. */
export interface RowFields {
  /** A known field as trimmed text; empty where the row has none. */
  readonly text: (field: string) => string;
  /** Values of the file's own columns, their types inferred; empty cells are left out. */
  readonly own: Readonly<Record<string, Json>>;
}

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export function reject(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** Splits a row into fields; rejects one of another length than the header, or with invalid UTF-8. */
export function fieldsOf(columns: readonly Column[], { cells }: FileRow): Read<RowFields> {
  if (cells.length !== columns.length) {
    return reject(
      `Found ${cells.length} fields; the header has ${columns.length}. Quote fields that contain the delimiter.`,
    );
  }
  if (cells.some((cell) => cell.includes('\uFFFD'))) {
    return reject('Found invalid UTF-8; save the file as UTF-8.');
  }
  const fields = new Map<string, string>();
  const own: Record<string, Json> = {};
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? '';
    if (column.kind === 'field') fields.set(column.field, unguarded(cell.trim()));
    else if (column.kind === 'own') {
      const value = valueOfCell(cell);
      if (value !== undefined) own[column.name] = value;
    }
  }
  return { ok: true, value: { text: (field) => fields.get(field) ?? '', own } };
}
