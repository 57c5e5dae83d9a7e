import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common';
import { CUSTOMER_ATTRIBUTE, type EnrollmentStart } from '../journey/messages';

const key = defineSearchAttributeKey('ThroughlineKey', SearchAttributeType.KEYWORD);

/**
 * The search attributes that a Temporal namespace needs, by name and kind. The enrollment's own id
 * stands in the workflow's.
 */
export const SEARCH_ATTRIBUTES = {
  ThroughlineCustomer: 'Keyword',
  ThroughlineKey: 'Keyword',
} as const;

/** By what an enrollment's workflow can be found in the Web UI. */
export function searchAttributesOf(
  start: Pick<EnrollmentStart, 'customerId' | 'key'>,
): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: CUSTOMER_ATTRIBUTE, value: start.customerId },
    { key, value: start.key },
  ]);
}
