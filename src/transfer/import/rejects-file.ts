import { open, rm, type FileHandle } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { REJECT_COLUMNS } from '../tabular/columns';
import type { Rejected } from './file-row';
import type { SourceFile } from './source-file';

/** The file of rows that were not imported, unchanged, with their line and the reason. */
export interface RejectsFile {
  readonly path: string;
  /** Appends rows and syncs them to disk. @returns the length of the file in bytes */
  add(rejected: readonly Rejected[]): Promise<number>;
  close(): Promise<void>;
}

/** The rejects of `orders.csv` and `orders.csv.gz` are in `orders.rejects.csv`. */
export function rejectsPathOf(path: string): string {
  return `${path.replace(/\.gz$/i, '').replace(/\.(?:csv|tsv|txt)$/i, '')}.rejects.csv`;
}

/**
 * The file is created at the first reject.
 *
 * @param bytes its length when the import was last known to be in order; what a crash left behind
 *   it is cut off, since those rows are looked at again
 */
export async function openRejects(
  path: string,
  { header, delimiter }: Pick<SourceFile, 'header' | 'delimiter'>,
  bytes: number,
): Promise<RejectsFile> {
  let file: FileHandle | undefined;
  let length = bytes;
  if (bytes > 0) {
    // Where it was removed meanwhile, later rejects create a new one.
    file = await open(path, 'r+').catch(() => undefined);
    await file?.truncate(bytes);
    if (file === undefined) length = 0;
  } else {
    await rm(path, { force: true });
  }
  const write = async (rows: readonly (readonly string[])[]) => {
    const text = Buffer.from(stringify(rows as string[][], { delimiter }));
    await file?.write(text, 0, text.length, length);
    length += text.length;
  };
  return {
    path,
    async add(rejected) {
      if (rejected.length === 0) return length;
      if (file === undefined) {
        // The rows contain personal data, so only the owner may read them.
        file = await open(path, 'w', 0o600);
        await write([[...header, ...REJECT_COLUMNS]]);
      }
      await write(rejected.map(({ row, reason }) => [...row.cells, `${row.line}`, reason]));
      await file.datasync();
      return length;
    },
    async close() {
      await file?.close();
    },
  };
}
