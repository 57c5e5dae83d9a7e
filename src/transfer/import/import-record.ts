import { createHash } from 'node:crypto';
import type { Db } from '../../db/transaction';

/** The progress of an import. */
export interface ImportProgress {
  readonly rowsDone: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejectsBytes: number;
}

export const NOTHING_DONE: ImportProgress = {
  rowsDone: 0,
  stored: 0,
  duplicates: 0,
  rejected: 0,
  rejectsBytes: 0,
};

/** What identifies an import: a repeated one resumes. */
export interface ImportKey {
  readonly kind: string;
  readonly hash: string;
  readonly mapping: ReadonlyMap<string, string>;
  readonly trigger: boolean;
}

export function importIdOf({ kind, hash, mapping, trigger }: ImportKey): string {
  const rest = JSON.stringify([kind, [...mapping], trigger]);
  return createHash('sha256').update(hash).update(rest).digest('hex').slice(0, 32);
}

/** The progress of an interrupted import; undefined where there is none, or it was completed. */
export async function unfinishedImport(db: Db, id: string): Promise<ImportProgress | undefined> {
  const row = await db
    .selectFrom('imports')
    .select(['rows_done', 'stored', 'duplicates', 'rejected', 'rejects_bytes'])
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { rows_done: rowsDone, rejects_bytes: rejectsBytes, ...counts } = row;
  return { rowsDone, rejectsBytes, ...counts };
}

export async function saveImport(
  db: Db,
  about: {
    readonly id: string;
    readonly kind: string;
    readonly file: string;
    readonly rows: number;
  },
  progress: ImportProgress,
  now: Date,
  finished: boolean,
): Promise<void> {
  const state = {
    rows_done: progress.rowsDone,
    stored: progress.stored,
    duplicates: progress.duplicates,
    rejected: progress.rejected,
    rejects_bytes: progress.rejectsBytes,
    updated_at: now,
    finished_at: finished ? now : null,
  };
  await db
    .insertInto('imports')
    .values({
      id: about.id,
      kind: about.kind,
      file: about.file,
      rows_total: about.rows,
      started_at: now,
      ...state,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(state))
    .execute();
}
