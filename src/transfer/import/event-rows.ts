import type { CallType } from '../../domain/events/tracking-call';
import { parseLooseTimestamp } from '../../domain/events/timestamps';
import { objectOfCell } from '../tabular/cell';
import { fieldNames } from '../tabular/columns';
import type { CallReader } from './call-store';
import { reject } from './row-fields';

const FIELDS = [
  ...['event', 'type', 'user_id', 'anonymous_id', 'email', 'timestamp', 'message_id'],
  ...['properties', 'context'],
  // Further columns of an export, which an import ignores.
  ...['customer_id', 'received_at'],
] as const;

/** Calls about what a customer did; identities belong to `customers`. */
const TYPES: readonly CallType[] = ['track', 'page', 'screen', 'group'];

/** The accepted clock skew; ingest treats a later time as a mistake. */
const MAX_LEAD_MS = 86_400_000;

/** Events. Any column that is not a known field is a property. */
export const eventRows: CallReader = {
  fields: fieldNames(FIELDS, {
    event_name: 'event',
    occurred_at: 'timestamp',
    original_timestamp: 'timestamp',
    'e-mail': 'email',
  }),
  identifiedBy: ['user_id', 'anonymous_id', 'email'],
  needs: ['event'],
  unknownEmail: () => undefined,
  read({ text, own }, who, messageId, { now, columns }) {
    const type = TYPES.find((each) => each === (text('type') || 'track'));
    if (type === undefined) {
      return reject(`Found an event of another type; expected one of ${TYPES.join(', ')}.`);
    }
    const at = parseLooseTimestamp(text('timestamp'));
    if (at === undefined && columns.has('timestamp')) {
      return reject(
        'Found a timestamp that cannot be read; write it like 2024-03-31T18:30:00Z, or as seconds since 1970.',
      );
    }
    if (at !== undefined && at.getTime() > now.getTime() + MAX_LEAD_MS) {
      return reject('Found a timestamp in the future; an import is of what has happened.');
    }
    const properties = objectOfCell(text('properties'));
    if (properties === undefined) return reject('Found properties that are not a JSON object.');
    const context = objectOfCell(text('context'));
    if (context === undefined) return reject('Found a context that is not a JSON object.');
    const { group_id: groupId } = properties;
    const body = {
      ...who,
      messageId: text('message_id') || messageId,
      ...(type === 'track' && { event: text('event') }),
      ...(type === 'group' && typeof groupId === 'string' && { groupId }),
      [type === 'group' ? 'traits' : 'properties']: { ...properties, ...own },
      context: { source: 'import', ...context },
      timestamp: (at ?? now).toISOString(),
    };
    return { ok: true, value: { type, body } };
  },
};
