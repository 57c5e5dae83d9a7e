import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../../db/transaction';
import type { Json } from '../../domain/json';

/** The types of fields of exported rows. */
export type Field = Json | Date;
export type ExportedRow = Readonly<Record<string, Field | undefined>>;

/** Which rows to export; all conditions must hold. */
export interface ExportFilter {
  readonly since?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
  readonly journey?: string | undefined;
  /** The name of an event. */
  readonly event?: string | undefined;
  readonly customerId?: string | undefined;
}

/** A kind of rows that can be exported, and how to read them page by page. */
export interface ExportedTable {
  /** In the order of the columns of a CSV. */
  readonly columns: readonly string[];
  /** The filters that apply to this kind. */
  readonly filters: readonly (keyof ExportFilter)[];
  /** The rows after a key, in the order of their keys, which is the order of creation. */
  read(
    db: Db,
    filter: ExportFilter,
    after: string,
    most: number,
  ): Promise<{ readonly rows: readonly ExportedRow[]; readonly last: string | undefined }>;
}

/** The conditions of a filter, each on its expression. */
export function conditions(
  { since, until, journey, event, customerId }: ExportFilter,
  about: {
    readonly at: RawBuilder<unknown>;
    readonly customer: RawBuilder<unknown>;
    readonly journey?: RawBuilder<unknown>;
    readonly event?: RawBuilder<unknown>;
  },
): RawBuilder<unknown> {
  const parts = [
    ...(since === undefined ? [] : [sql`and ${about.at} >= ${since}`]),
    ...(until === undefined ? [] : [sql`and ${about.at} < ${until}`]),
    ...(customerId === undefined ? [] : [sql`and ${about.customer} = ${customerId}`]),
    ...(journey === undefined || about.journey === undefined
      ? []
      : [sql`and ${about.journey} = ${journey}`]),
    ...(event === undefined || about.event === undefined
      ? []
      : [sql`and ${about.event} = ${event}`]),
  ];
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `);
}

/** A customer's first identifier of a kind, or null. */
export function identifier(kind: string, customer: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select i.value from identifiers i where i.customer_id = ${customer}
    and i.kind = ${kind} order by i.created_at, i.value limit 1)`;
}
