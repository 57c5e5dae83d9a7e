/**
 * How a statement is to be sent. Only its text reaches the connection, so this is written as
 * comments before the text, by `prepared` and `lastOf` only.
 */
export const PREPARED_MARK = '/* prepared */ ';
export const LAST_MARK = '/* last */ ';

/** Whether a statement was built by `prepared`. */
export function isPrepared(text: string): boolean {
  return text.startsWith(PREPARED_MARK, isLast(text) ? LAST_MARK.length : 0);
}

/** Whether a statement was built by `lastOf`. */
export function isLast(text: string): boolean {
  return text.startsWith(LAST_MARK);
}
