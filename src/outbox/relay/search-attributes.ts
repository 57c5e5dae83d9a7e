import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common';
import { CUSTOMER_ATTRIBUTE, type EnrollmentStart } from '../../journey/protocol';

const key = defineSearchAttributeKey('ThroughlineKey', SearchAttributeType.KEYWORD);

/**
 * The search attributes that a Temporal namespace needs, by name and type. The enrollment's id is
 * part of the workflow's id.
 */
export const SEARCH_ATTRIBUTES = {
  ThroughlineCustomer: 'Keyword',
  ThroughlineKey: 'Keyword',
} as const;

/**
 * The search attributes by which an enrollment's workflow is found in the Web UI.
 *
 * @param secret whether payloads are encrypted: search attributes are not, so they then omit the
 *   key, which comes from an event
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
