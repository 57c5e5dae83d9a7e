import { findCustomer } from '../../db/read-models/customers/find-customer';
import type { Db } from '../../db/transaction';
import { storableObject } from '../../domain/events/storable-json';
import type { Column } from '../tabular/columns';
import type { Ingest } from '../../ingest/ingest';
import { changeConsents, type ConsentChange } from '../../consent/change-consents';
import type { JourneyIndex } from '../../enrollments/journey-index';
import { systemMessageId } from '../../events/system-message-id';
import { readConsentRow } from './consent-rows';
import type { FileRow, Rejected, RowStore } from './file-row';
import { inLanes } from './in-lanes';
import { fieldsOf } from './row-fields';

/** Customers whose consents are written concurrently, each in its own transaction. */
const CUSTOMERS_AT_ONCE = 4;

export interface ConsentStoreDeps {
  readonly db: Db;
  readonly ingest: Ingest;
  readonly index: JourneyIndex;
  readonly topics: readonly string[];
  readonly columns: readonly Column[];
  readonly now: Date;
  readonly messageIdOf: (row: FileRow) => string;
}

interface Wanted {
  readonly row: FileRow;
  readonly customerId: string;
  readonly change: ConsentChange;
}

/**
 * Stores rows as consent changes, like every other such change: the ledger with its proof, the resulting
 * state, and the exit of journeys that have no channel left. No journey is triggered.
 */
export function createConsentStore(deps: ConsentStoreDeps): RowStore {
  const { db, now } = deps;

  async function wantedOf(rows: readonly FileRow[]) {
    const rejected: Rejected[] = [];
    const read = rows.flatMap((row) => {
      const fields = fieldsOf(deps.columns, row);
      const consent = fields.ok
        ? readConsentRow(fields.value, deps.topics, deps.messageIdOf(row), now)
        : fields;
      const storable = consent.ok ? storableObject(consent.value.change.proof, 'proof') : consent;
      if (consent.ok && storable.ok) return [{ row, ...consent.value }];
      rejected.push({ row, reason: storable.ok ? '' : storable.reason });
      return [];
    });
    const found = new Map<string, Awaited<ReturnType<typeof findCustomer>>>();
    await inLanes(
      CUSTOMERS_AT_ONCE,
      [...new Set(read.map(({ customer }) => customer))],
      async (each) => {
        found.set(each, await findCustomer(db, each));
      },
    );
    const wanted = read.flatMap(({ row, customer, change }): Wanted[] => {
      const who = found.get(customer);
      if (who?.found === 'one') return [{ row, customerId: who.id, change }];
      const reason =
        who?.found === 'several'
          ? 'Found several customers of this e-mail address; identify the customer by user_id.'
          : 'Found no such customer; import the customers first.';
      rejected.push({ row, reason });
      return [];
    });
    rejected.sort((a, b) => a.row.number - b.row.number);
    return { wanted, rejected };
  }

  /** Those not stored by an earlier run. */
  async function freshOf(wanted: readonly Wanted[]): Promise<readonly Wanted[]> {
    if (wanted.length === 0) return [];
    const ids = new Map(wanted.map((each) => [systemMessageId(each.change.messageId ?? ''), each]));
    const taken = await db
      .selectFrom('event_ids')
      .select('message_id')
      .where('message_id', 'in', [...ids.keys()])
      .execute();
    for (const { message_id: id } of taken) ids.delete(id);
    return [...ids.values()];
  }

  return {
    async store(rows) {
      const { wanted, rejected } = await wantedOf(rows);
      const fresh = await freshOf(wanted);
      const byCustomer = new Map<string, ConsentChange[]>();
      for (const { customerId, change } of fresh) {
        const list = byCustomer.get(customerId) ?? [];
        list.push(change);
        byCustomer.set(customerId, list);
      }
      await inLanes(CUSTOMERS_AT_ONCE, [...byCustomer], async ([customerId, changes]) => {
        await changeConsents(deps, customerId, changes, now, 'active');
      });
      return {
        rows: rows.length,
        stored: fresh.length,
        duplicates: wanted.length - fresh.length,
        rejected,
      };
    },
    check: async (rows) => (await wantedOf(rows)).rejected,
  };
}
