/**
 * Prefix of the message ids of system events. The API rejects ids with it, so a caller cannot use an
 * id in advance and thereby suppress a system event.
 */
export const SYSTEM_PREFIX = 'throughline:';

/** The message id under which a system event is stored. */
export function systemMessageId(id: string): string {
  return `${SYSTEM_PREFIX}${id}`;
}
