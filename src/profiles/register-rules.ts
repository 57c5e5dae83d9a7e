import { sql } from 'kysely';
import { inTransaction, type Db } from '../db/transaction';
import { rulesHash, segmentHash, type ProfileRules } from './profile-rules';

/**
 * Makes these rules the ones that hold. Whoever started last is believed: a process with other rules
 * leaves the work to those that have the same ones. Where anything differs from what held before,
 * everybody is looked at anew; segments that are new or changed count as not filled until then.
 *
 * @returns the rules' hash, by which the work is taken
 */
export async function registerRules(db: Db, rules: ProfileRules, now: Date): Promise<string> {
  const held = rulesHash(rules);
  const segments = Object.entries(rules.segments).map(([name, definition]) => {
    return { name, hash: segmentHash(definition, rules) };
  });
  await inTransaction(db, async (tx) => {
    await sql`
      insert into segment_backfill (definitions, cursor) values ('', '') on conflict do nothing`.execute(
      tx,
    );
    const before = await tx
      .selectFrom('segment_backfill')
      .select('definitions')
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (before.definitions === held) return;
    await sql`
      insert into segments (name, hash, defined_at)
      select name, hash, ${now}
      from json_to_recordset(${JSON.stringify(segments)}::json) as r (name text, hash text)
      on conflict (name) do update
        set hash = excluded.hash, defined_at = excluded.defined_at, filled_at = null
        where segments.hash <> excluded.hash`.execute(tx);
    await sql`
      delete from segments where name <> all(${segments.map(({ name }) => name)}::text[])`.execute(
      tx,
    );
    await tx
      .updateTable('segment_backfill')
      .set({ definitions: held, cursor: '', backfilled_at: null })
      .execute();
  });
  return held;
}
