import { sql, type RawBuilder } from 'kysely';
import { lastOf } from '../db/sql/last-of';
import { prepared } from '../db/sql/prepared';
import type { Tx } from '../db/transaction';
import { OUTBOX_CHANNEL, outboxInsertion, type WorkflowSignal, type WorkflowStart } from './outbox';

/**
 * The unit of work of one transaction: collects what is to be inserted, and writes all of it with
 * the outbox in one statement, so that it costs one round trip however much there is.
 *
 * @example
 * const batch = new WriteBatch(tx);
 * batch.add(insertRows('orders', orders, ORDER_COLUMNS));
 * batch.signal({ customerId, enrollmentId, workflowType, payload, createdAt: now, availableAt: now });
 * await batch.flush({ last: true });
 */
export class WriteBatch {
  readonly #tx: Tx;
  readonly #insertions: RawBuilder<unknown>[] = [];
  readonly #starts: WorkflowStart[] = [];
  readonly #signals: WorkflowSignal[] = [];

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  /**
   * Adds insertions. They run as parts of one statement, in no particular order, so none may depend
   * on what another one of this batch inserts, nor violate a foreign key to it.
   */
  add(...insertions: readonly RawBuilder<unknown>[]): void {
    this.#insertions.push(...insertions);
  }

  /** Starts workflows, through the outbox. */
  start(...starts: readonly WorkflowStart[]): void {
    this.#starts.push(...starts);
  }

  /** Signals workflows, through the outbox. */
  signal(...signals: readonly WorkflowSignal[]): void {
    this.#signals.push(...signals);
  }

  /**
   * Writes what was collected and notifies the relays. An empty batch sends nothing. Call it once.
   *
   * @param options.last whether nothing follows in the transaction, so that its commit can be sent
   *   with this statement; see `lastOf`
   */
  async flush({ last = false }: { readonly last?: boolean } = {}): Promise<void> {
    const insertions = [...this.#insertions];
    const kinds: string[] = [];
    if (this.#starts.length > 0) kinds.push('start');
    if (this.#signals.length > 0) kinds.push('signal');
    if (kinds.length > 0) insertions.push(outboxInsertion(this.#starts, this.#signals));
    if (insertions.length === 0) return;
    const parts = insertions.map((insertion, index) => {
      return sql`${sql.raw(`part_${index}`)} as (${insertion})`;
    });
    const query = prepared`with ${sql.join(parts)}
      select pg_notify(${OUTBOX_CHANNEL}, kind) from unnest(${kinds}::text[]) as kind`;
    await (last ? lastOf(query) : query).execute(this.#tx);
  }
}
