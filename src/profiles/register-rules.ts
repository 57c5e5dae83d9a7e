import { sql } from 'kysely';
import { tableRecordset } from '../db/sql/recordset';
import { inTransaction, type Db } from '../db/transaction';
import { hashRules, hashSegment, type ProfileRules } from './profile-rules';

/**
 * Registers the rules of this process; the last writer wins. Processes with other rules stop
 * claiming work. If anything differs from the previous rules, a backfill of all customers starts;
 * new and changed segments count as not filled until it ends.
 *
 * @returns the hash of the rules, with which work is claimed
 */
export async function registerRules(db: Db, rules: ProfileRules, now: Date): Promise<string> {
  const rulesHash = hashRules(rules);
  const segments = Object.entries(rules.segments).map(([name, definition]) => {
    return { name, hash: hashSegment(definition, rules) };
  });
  await inTransaction(db, async (tx) => {
    await sql`
      insert into segment_backfill (definitions, cursor) values ('', '') on conflict do nothing`.execute(
      tx,
    );
    const registered = await tx
      .selectFrom('segment_backfill')
      .select('definitions')
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (registered.definitions === rulesHash) return;
    await sql`
      insert into segments (name, hash, defined_at)
      select name, hash, ${now}
      from ${tableRecordset('segments', segments, { name: 'text', hash: 'text' })} as r
      on conflict (name) do update
        set hash = excluded.hash, defined_at = excluded.defined_at, filled_at = null
        where segments.hash <> excluded.hash`.execute(tx);
    await sql`
      delete from segments where name <> all(${segments.map(({ name }) => name)}::text[])`.execute(
      tx,
    );
    await tx
      .updateTable('segment_backfill')
      .set({ definitions: rulesHash, cursor: '', backfilled_at: null })
      .execute();
  });
  return rulesHash;
}
