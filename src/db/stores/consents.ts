import type { ConsentRecord, ConsentState } from '../../domain/consent/consent';
import { nextConsent } from '../../domain/consent/consent';
import { mergeConsents } from '../../domain/consent/merge-consents';
import type { JsonObject } from '../../domain/json';
import { newId } from '../new-id';
import { toJsonb } from '../schema';
import type { Db, Tx } from '../transaction';

/**
 * The owner of `consents`, one row per customer, channel and purpose, and of `consent_ledger`, which
 * keeps every statement. The ledger is append-only; the state follows from the statements by
 * `nextConsent`:
 *
 * | state          | a later statement changes it to                                              |
 * | -------------- | ---------------------------------------------------------------------------- |
 * | (no row)       | any                                                                          |
 * | `none`         | any                                                                          |
 * | `pending`      | any; `subscribed` also by a statement of the same time, which confirms it    |
 * | `subscribed`   | `unsubscribed`, `none`; a new request (`pending`) does not replace it        |
 * | `unsubscribed` | `subscribed`, `pending`; an expiry (`none`) does not lift it                 |
 *
 * An older statement changes nothing, and of two of the same time the stricter one wins. The caller
 * holds the customer's row lock. An erasure deletes the states and pseudonymises the ledger.
 */
export interface ConsentStatement {
  readonly channel: ConsentRecord['channel'];
  readonly purpose: string;
  readonly state: ConsentState;
  /** Where the customer stated it: `preference-centre`, `double-opt-in`, `import` ... */
  readonly source: string;
  /** The version of the text that the customer agreed to, if the source knows it. */
  readonly wording?: string | null;
  /** The evidence: an IP address, the link's message, a form's answers. */
  readonly proof: JsonObject;
  readonly at: Date;
}

export async function readConsents(
  db: Db | Tx,
  customerId: string,
): Promise<readonly ConsentRecord[]> {
  const rows = await db
    .selectFrom('consents')
    .select(['channel', 'purpose', 'state', 'at'])
    .where('customer_id', '=', customerId)
    .execute();
  return rows.map((row) => ({ ...row, channel: row.channel as ConsentRecord['channel'] }));
}

/**
 * Appends statements to the ledger and updates the states that follow from them.
 *
 * @returns the customer's consents before and after
 */
export async function appendConsents(
  tx: Tx,
  customerId: string,
  statements: readonly ConsentStatement[],
  now: Date,
): Promise<{
  readonly before: readonly ConsentRecord[];
  readonly after: readonly ConsentRecord[];
}> {
  const before = await readConsents(tx, customerId);
  if (statements.length === 0) return { before, after: before };
  const after = apply(before, statements);
  await tx
    .insertInto('consent_ledger')
    .values(
      statements.map((statement) => ({
        id: newId(),
        customer_id: customerId,
        channel: statement.channel,
        purpose: statement.purpose,
        state: statement.state,
        source: statement.source,
        wording: statement.wording ?? null,
        proof: toJsonb(statement.proof),
        at: statement.at,
        recorded_at: now,
      })),
    )
    .execute();
  await tx
    .insertInto('consents')
    .values(after.map((record) => ({ customer_id: customerId, ...record })))
    .onConflict((conflict) =>
      conflict
        .columns(['customer_id', 'channel', 'purpose'])
        .doUpdateSet((set) => ({ state: set.ref('excluded.state'), at: set.ref('excluded.at') })),
    )
    .execute();
  return { before, after };
}

function apply(
  before: readonly ConsentRecord[],
  statements: readonly ConsentStatement[],
): readonly ConsentRecord[] {
  const records = new Map(before.map((each) => [`${each.channel} ${each.purpose}`, each]));
  for (const { channel, purpose, state, at } of statements) {
    const name = `${channel} ${purpose}`;
    records.set(name, nextConsent(records.get(name), { channel, purpose, state, at }));
  }
  return [...records.values()];
}

/** Merges the consents of one customer into another's; the ledger keeps the entries of both. */
export async function moveConsents(tx: Tx, from: string, into: string): Promise<void> {
  const merged = mergeConsents(await readConsents(tx, from), await readConsents(tx, into));
  await tx.deleteFrom('consents').where('customer_id', 'in', [from, into]).execute();
  if (merged.length > 0) {
    await tx
      .insertInto('consents')
      .values(merged.map((record) => ({ ...record, customer_id: into })))
      .execute();
  }
  await tx
    .updateTable('consent_ledger')
    .set({ customer_id: into })
    .where('customer_id', '=', from)
    .execute();
}
