/** Sends a statement and answers its result. */
export type SendStatement = (text: string, values?: readonly unknown[]) => Promise<unknown>;

/** Marks the last statement of a transaction, whose commit is sent right behind it. */
export const LAST = '/* last */';

const NOTHING = { command: '', rowCount: 0, rows: [] };

/**
 * Transactions that wait less. `begin` goes out with the first statement, and `commit` with one that
 * is marked as the last; Postgres works them off in order. After a statement that failed a commit is
 * a rollback, so what is kept is the same. Needs a connection that sends without waiting.
 *
 * What marks its statement must do nothing in its transaction afterwards that can fail.
 *
 * @throws {Error} for a statement behind the last one, which would stand outside of the transaction
 */
export function eagerTransactions(send: SendStatement): SendStatement {
  let inside = false;
  let opening: Promise<unknown> | undefined;
  let closing: Promise<unknown> | undefined;

  async function end(text: string): Promise<unknown> {
    const [opened, closed] = [opening, closing];
    inside = false;
    opening = undefined;
    closing = undefined;
    await opened;
    if (closed === undefined) return send(text);
    await closed;
    return NOTHING;
  }

  return async (text, values) => {
    if (text === 'begin') {
      inside = true;
      opening = awaitedLater(send(text));
      return NOTHING;
    }
    if (text === 'commit' || text === 'rollback') return end(text);
    if (closing !== undefined) {
      throw new Error(
        `Found a statement after one that was marked with ${LAST}; expected the end of the transaction. Take the mark away.`,
      );
    }
    const opened = opening;
    opening = undefined;
    const answer = awaitedLater(send(text, values));
    if (inside && text.includes(LAST)) closing = awaitedLater(send('commit'));
    await opened;
    return answer;
  };
}

/** Its failure is for whoever awaits it, and no unhandled rejection until then. */
function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
