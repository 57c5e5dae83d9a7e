import { channelKinds } from '../../domain/channels/channel-kind';
import type { ConsentState } from '../../domain/consent/consent';
import { importProblem } from '../../domain/consent/import-rule';
import { parseLooseTimestamp } from '../../domain/events/timestamps';
import { isTransactional } from '../../domain/purpose';
import { objectOfCell } from '../tabular/cell';
import { fieldNames } from '../tabular/columns';
import type { ConsentChange } from '../../consent/change-consents';
import { reject, type Read, type RowFields } from './row-fields';

const STATES = [
  'none',
  'pending',
  'subscribed',
  'unsubscribed',
] as const satisfies readonly ConsentState[];

const FIELDS = [
  ...['identifier', 'user_id', 'anonymous_id', 'email', 'channel', 'purpose', 'state', 'at'],
  ...['source', 'wording', 'proof', 'customer_id'],
] as const;

/** The fields of consents, by each of their names. */
export const consentFields = fieldNames(FIELDS, {
  wording_version: 'wording',
  topic: 'purpose',
  timestamp: 'at',
  'e-mail': 'email',
});

export const consentNeeds = ['channel', 'purpose', 'state', 'at'] as const;
export const consentIdentifiedBy = ['identifier', 'user_id', 'anonymous_id', 'email'] as const;

/** A row of consents: the customer, and the change. */
export interface ConsentRow {
  /** A reference as `GET /v1/customers/:id` accepts it. */
  readonly customer: string;
  readonly change: ConsentChange;
}

/**
 * Parses a consent that was given or withdrawn, with its proof.
 *
 * @param topics the purposes that the catalogue declares
 * @param messageId under which the row takes effect once
 */
export function readConsentRow(
  { text, own }: RowFields,
  topics: readonly string[],
  messageId: string,
  now: Date,
): Read<ConsentRow> {
  const customer = customerIn(text);
  if (customer === '') {
    return reject(`Found no identifier; expected one of ${consentIdentifiedBy.join(', ')}.`);
  }
  const channels = [...channelKinds(), '*' as const];
  const channel = channels.find((each) => each === text('channel'));
  if (channel === undefined) {
    return reject(`Found an unknown channel; expected one of ${channels.join(', ')}.`);
  }
  const purpose = text('purpose');
  if (isTransactional(purpose)) {
    return reject("Found a consent for 'transactional'; such messages ask for none.");
  }
  if (purpose !== '*' && !topics.includes(purpose)) {
    return reject(
      `Found an unknown purpose; expected one of ${['*', ...topics].join(', ')}. Declare the topic in the catalogue, or correct the name.`,
    );
  }
  const state = STATES.find((each) => each === text('state'));
  if (state === undefined) {
    return reject(`Found an unknown state; expected one of ${STATES.join(', ')}.`);
  }
  const at = parseLooseTimestamp(text('at'));
  if (at === undefined) {
    return reject(
      'Found no timestamp in `at`; write when the consent was given or withdrawn, like 2024-03-31T18:30:00Z.',
    );
  }
  // It would override every opt-out until then.
  if (at > now)
    return reject('Found an `at` in the future; write when the consent was given or withdrawn.');
  const given = text('proof');
  const shown = { ...(given === '' ? {} : (objectOfCell(given) ?? { text: given })), ...own };
  const source = text('source').slice(0, 100) || 'import';
  const problem = source === 'import' ? importProblem({ state, at, proof: shown }) : undefined;
  if (problem !== undefined) return reject(problem);
  const wording = text('wording');
  return {
    ok: true,
    value: {
      customer,
      change: {
        channel,
        purpose,
        state,
        source,
        ...(wording !== '' && { wording }),
        proof: shown,
        at,
        messageId,
      },
    },
  };
}

function customerIn(text: RowFields['text']): string {
  if (text('user_id') !== '') return `user_id:${text('user_id')}`;
  if (text('anonymous_id') !== '') return `anonymous_id:${text('anonymous_id')}`;
  if (text('email') !== '') return `email:${text('email')}`;
  return text('identifier');
}
