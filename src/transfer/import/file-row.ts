/** One row of a file, with its position. */
export interface FileRow {
  /** From 1, without the header. */
  readonly number: number;
  /** The line of the file on which it starts. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Rejected {
  readonly row: FileRow;
  readonly reason: string;
}

/** The result of storing some rows. */
export interface BatchResult {
  readonly rows: number;
  readonly stored: number;
  /** Rows that had been stored already. */
  readonly duplicates: number;
  readonly rejected: readonly Rejected[];
}

/** How rows of one kind are stored. */
export interface RowStore {
  /** Stores some rows; a row that cannot be stored is rejected and does not affect the others. */
  store(rows: readonly FileRow[]): Promise<BatchResult>;
  /** What `store` would reject, as far as is known without storing. */
  check(rows: readonly FileRow[]): Promise<readonly Rejected[]>;
}
