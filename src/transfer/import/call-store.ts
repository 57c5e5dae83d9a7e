import { isDataError, togetherOrOneByOne } from '../../db/data-error';
import type { Db } from '../../db/transaction';
import type { CallType } from '../../domain/events/tracking-call';
import type { Column } from '../tabular/columns';
import type { Ingest } from '../../ingest/ingest';
import type { IngestResult, RawCall } from '../../ingest/incoming';
import type { RoutingScope } from '../../domain/events/routing-scope';
import type { BatchResult, FileRow, Rejected, RowStore } from './file-row';
import { customersOfEmails, type KnownEmail } from './known-emails';
import { fieldsOf, reject, type Read, type RowFields } from './row-fields';

type Who =
  { readonly userId: string; readonly anonymousId?: string } | { readonly anonymousId: string };

/** How rows of a kind are converted to tracking calls. */
export interface CallReader {
  /** The known fields, by each of their names. */
  readonly fields: ReadonlyMap<string, string>;
  /** A file must have at least one of them. */
  readonly identifiedBy: readonly string[];
  /** A file must have all of them. */
  readonly needs?: readonly string[];
  /** The identity for an unknown e-mail address; undefined where its row is rejected. */
  unknownEmail(email: string): Exclude<KnownEmail, 'several'> | undefined;
  read(
    fields: RowFields,
    who: Who,
    messageId: string,
    about: { readonly now: Date; readonly columns: ReadonlySet<string> },
  ): Read<{ readonly type: CallType; readonly body: object }>;
}

/** The limit of `POST /v1/track`, so that a file contains no event that could not be sent. */
const MAX_EVENT_BYTES = 32 * 1024;

export interface CallStoreDeps {
  readonly db: Db;
  readonly ingest: Ingest;
  readonly reader: CallReader;
  readonly columns: readonly Column[];
  readonly scope: RoutingScope;
  readonly now: Date;
  /** The message id of a row without one. */
  readonly messageIdOf: (row: FileRow) => string;
}

/** Stores rows as calls through ingest: identity, declarations, and idempotency by messageId. */
export function createCallStore(deps: CallStoreDeps): RowStore {
  const { db, ingest, reader, columns, scope, now } = deps;
  const about = {
    now,
    columns: new Set(columns.flatMap((column) => (column.kind === 'field' ? [column.field] : []))),
  };

  /** The calls of some rows, each with the index of its row. */
  async function callsOf(rows: readonly FileRow[]) {
    const rejected: Rejected[] = [];
    const read = rows.flatMap((row, index) => {
      const fields = fieldsOf(columns, row);
      if (fields.ok) return [{ row, index, fields: fields.value }];
      rejected.push({ row, reason: fields.reason });
      return [];
    });
    const unnamed = read.filter(({ fields }) => byEmailOnly(fields));
    const emails = await customersOfEmails(
      db,
      unnamed.map(({ fields }) => fields.text('email').toLowerCase()),
    );
    const calls: RawCall[] = [];
    for (const { row, index, fields } of read) {
      const who = whoIn(fields, emails, reader);
      const call = who.ok ? reader.read(fields, who.value, deps.messageIdOf(row), about) : who;
      if (!call.ok) {
        rejected.push({ row, reason: call.reason });
        continue;
      }
      const { type, body } = call.value;
      const bytes = row.cells.reduce((sum, cell) => sum + cell.length, 0);
      // Measured only where it may exceed the limit: serializing costs as much as parsing.
      if (
        bytes > MAX_EVENT_BYTES / 8 &&
        Buffer.byteLength(JSON.stringify(body)) > MAX_EVENT_BYTES
      ) {
        rejected.push({ row, reason: 'Found more than 32 KB in one row; remove columns.' });
      } else calls.push({ type, body, index });
    }
    return { calls, rejected };
  }

  async function accept(calls: readonly RawCall[]): Promise<Accepted> {
    const results = await togetherOrOneByOne(
      () => acceptAll(calls),
      () => calls,
      (call) =>
        acceptAll([call]).catch((error: unknown) => {
          if (!isDataError(error)) throw error;
          const message = 'Found a value that cannot be stored.';
          const errors = [{ index: call.index, messageId: null, message }];
          return { accepted: 0, duplicates: 0, errors };
        }),
    );
    return {
      accepted: results.reduce((sum, { accepted }) => sum + accepted, 0),
      duplicates: results.reduce((sum, { duplicates }) => sum + duplicates, 0),
      errors: results.flatMap(({ errors }) => errors),
    };
  }

  function acceptAll(calls: readonly RawCall[]): Promise<Accepted> {
    return ingest.accept(calls, { scope, imported: true });
  }

  return {
    async store(rows): Promise<BatchResult> {
      const { calls, rejected } = await callsOf(rows);
      const { accepted, duplicates, errors } = await accept(calls);
      return {
        rows: rows.length,
        stored: accepted,
        duplicates,
        rejected: inOrder([...rejected, ...rejectedBy(errors, rows)]),
      };
    },
    async check(rows) {
      const { calls, rejected } = await callsOf(rows);
      return inOrder([...rejected, ...rejectedBy(ingest.check(calls), rows)]);
    },
  };
}

type Accepted = Omit<IngestResult, 'quarantined'>;

function byEmailOnly({ text }: RowFields): boolean {
  return text('user_id') === '' && text('anonymous_id') === '' && text('email') !== '';
}

function whoIn(
  fields: RowFields,
  emails: ReadonlyMap<string, KnownEmail>,
  reader: CallReader,
): Read<Who> {
  const userId = fields.text('user_id');
  const anonymousId = fields.text('anonymous_id');
  if (userId !== '') {
    return { ok: true, value: { userId, ...(anonymousId !== '' && { anonymousId }) } };
  }
  if (anonymousId !== '') return { ok: true, value: { anonymousId } };
  const email = fields.text('email').toLowerCase();
  if (email === '') {
    return reject(`Found no identifier; expected one of ${reader.identifiedBy.join(', ')}.`);
  }
  const known = emails.get(email) ?? reader.unknownEmail(email);
  if (known === undefined) {
    return reject('Found no customer of this e-mail address; import the customers first.');
  }
  if (known === 'several') {
    return reject(
      'Found several customers of this e-mail address; identify the customer by user_id.',
    );
  }
  const { kind, value } = known;
  return { ok: true, value: kind === 'user_id' ? { userId: value } : { anonymousId: value } };
}

function rejectedBy(
  errors: readonly { readonly index: number; readonly message: string }[],
  rows: readonly FileRow[],
): readonly Rejected[] {
  return errors.flatMap(({ index, message }) => {
    const row = rows[index];
    return row === undefined ? [] : [{ row, reason: message }];
  });
}

function inOrder(rejected: readonly Rejected[]): readonly Rejected[] {
  return rejected.toSorted((a, b) => a.row.number - b.row.number);
}
