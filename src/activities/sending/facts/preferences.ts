import { sql } from 'kysely';
import { defineFact, jsonObject } from './define-fact';

export const preferences = defineFact({
  sql: ({ customer }) => sql`(
    select preferences from customer_preferences where customer_id = ${customer.id})`,
  schema: jsonObject.nullable(),
});
