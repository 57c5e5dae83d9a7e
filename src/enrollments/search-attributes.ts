import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common';
import { CUSTOMER_ATTRIBUTE, type EnrollmentStart } from '../journey/protocol';

const key = defineSearchAttributeKey('ThroughlineKey', SearchAttributeType.KEYWORD);

/**
 * The search attributes that a Temporal namespace needs, by name and kind. The enrollment's own id
 * stands in the workflow's.
 */
export const SEARCH_ATTRIBUTES = {
  ThroughlineCustomer: 'Keyword',
  ThroughlineKey: 'Keyword',
} as const;

/**
 * By what an enrollment's workflow can be found in the Web UI.
 *
 * @param secret whether payloads are encrypted: search attributes are not, so the key, which comes
 *   from an event, then is none
 */
export function searchAttributesOf(
  start: Pick<EnrollmentStart, 'customerId' | 'key'>,
  secret: boolean,
): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: CUSTOMER_ATTRIBUTE, value: start.customerId },
    ...(secret ? [] : [{ key, value: start.key }]),
  ]);
}
