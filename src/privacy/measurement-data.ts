import { sql } from 'kysely';
import { nothing, pseudonym, type TableRule } from './table-rule';

type MeasurementTable = 'assignments' | 'orders' | 'exposures' | 'touches';

/** What an erasure leaves of the facts of measurement: totals, without the customer. */
export const MEASUREMENT_TABLES: { readonly [T in MeasurementTable]: TableRule<T> } = {
  assignments: {
    key: ['customer_id', 'kind', 'experiment'],
    erasure: {
      customer_id: pseudonym,
      kind: 'stays',
      experiment: 'stays',
      arm: 'stays',
      propensity: 'stays',
      hash_version: 'stays',
      assigned_at: 'stays',
      enrollment_id: 'stays',
      journey: 'stays',
    },
  },
  orders: {
    key: ['customer_id', 'key'],
    erasure: {
      customer_id: pseudonym,
      key: () => sql`'erased:' || gen_random_uuid()`, // the shop knows the person by the order's id
      order_id: nothing,
      completed_at: 'stays',
      completed_seq: 'stays',
      completed_event_id: 'stays',
      received_at: 'stays',
      amount: 'stays',
      tax: 'stays',
      shipping: 'stays',
      discount: 'stays',
      currency: 'stays',
      items: 'stays',
      quantity: 'stays',
      country: 'stays',
      refunded: 'stays',
      refunded_at: 'stays',
      cancelled_at: 'stays',
      counts: 'stays',
      events: 'stays', // times, numbers, and codes of a currency and a country
    },
  },
  exposures: {
    key: ['decision_id', 'kind', 'experiment'],
    erasure: {
      decision_id: 'stays',
      kind: 'stays',
      experiment: 'stays',
      arm: 'stays',
      propensity: 'stays',
      customer_id: pseudonym,
      enrollment_id: 'stays',
      journey: 'stays',
      step: 'stays',
      template: 'stays',
      country: 'stays',
      at: 'stays',
    },
  },
  touches: {
    key: ['message_id', 'outcome'],
    erasure: {
      message_id: 'stays',
      outcome: 'stays',
      at: 'stays',
      machine: 'stays',
      customer_id: pseudonym,
      enrollment_id: 'stays',
      journey: 'stays',
      step: 'stays',
      purpose: 'stays',
      template: 'stays',
      variant: 'stays',
      channel: 'stays',
      provider: 'stays',
      country: 'stays',
    },
  },
};
