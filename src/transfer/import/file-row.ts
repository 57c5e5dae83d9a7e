/** One row of a file, with its place in it. */
export interface FileRow {
  /** From 1; the header is none. */
  readonly number: number;
  /** The line of the file in which it begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Rejected {
  readonly row: FileRow;
  readonly reason: string;
}

/** What became of some rows. */
export interface BatchResult {
  readonly rows: number;
  readonly stored: number;
  /** Rows that had been stored before. */
  readonly duplicates: number;
  readonly rejected: readonly Rejected[];
}

/** What rows of one kind are made into, and how. */
export interface RowStore {
  /** Stores some rows; a row that cannot be stored is rejected, and costs no other. */
  store(rows: readonly FileRow[]): Promise<BatchResult>;
  /** What `store` would reject, as far as can be told without storing. */
  check(rows: readonly FileRow[]): Promise<readonly Rejected[]>;
}
