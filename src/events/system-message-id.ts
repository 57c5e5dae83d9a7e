/**
 * Begins the message ids of what the engine itself records, so that nobody who may only post events
 * can take one beforehand and so keep its record out.
 */
export const SYSTEM_PREFIX = 'throughline:';

/** The message id under which something that the engine records is stored. */
export function systemMessageId(id: string): string {
  return `${SYSTEM_PREFIX}${id}`;
}
