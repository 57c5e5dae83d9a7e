/**
 * Prefix of the message ids of system events. Callers cannot send ids with it, so nobody can take an
 * id in advance and thereby keep a system event from being recorded.
 */
export const SYSTEM_PREFIX = 'throughline:';

/** The message id under which a system event is stored. */
export function systemMessageId(id: string): string {
  return `${SYSTEM_PREFIX}${id}`;
}
