import { isLast } from './sql/statement-marks';

/** Sends a statement and returns its result. */
export type SendStatement = (text: string, values?: readonly unknown[]) => Promise<unknown>;

const NOTHING = { command: '', rowCount: 0, rows: [] };

/**
 * Transactions with fewer round trips: `begin` is sent together with the first statement, and
 * `commit` together with the one that is marked by `lastOf`. Postgres executes them in order, and a
 * commit after a failed statement is a rollback, so the result is the same. Needs a connection that
 * pipelines its statements.
 *
 * @throws {Error} for a statement after the last one, which would be outside of the transaction
 */
export function eagerTransactions(send: SendStatement): SendStatement {
  let inTransaction = false;
  let opening: Promise<unknown> | undefined;
  let closing: Promise<unknown> | undefined;

  async function end(text: string): Promise<unknown> {
    const [opened, closed] = [opening, closing];
    inTransaction = false;
    opening = undefined;
    closing = undefined;
    await opened;
    if (closed === undefined) return send(text);
    await closed;
    return NOTHING;
  }

  return async (text, values) => {
    if (text === 'begin') {
      inTransaction = true;
      opening = handledLater(send(text));
      return NOTHING;
    }
    if (text === 'commit' || text === 'rollback') return end(text);
    if (closing !== undefined) {
      throw new Error(
        'Found a statement after one that was marked as the last; expected the end of the transaction. Remove lastOf from the earlier one.',
      );
    }
    const opened = opening;
    opening = undefined;
    const answer = handledLater(send(text, values));
    if (inTransaction && isLast(text)) closing = handledLater(send('commit'));
    await opened;
    return answer;
  };
}

/** Prevents an unhandled rejection before the promise is awaited; the awaiting code handles it. */
function handledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
