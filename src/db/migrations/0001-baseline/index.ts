import type { Kysely, Migration } from 'kysely';
import { sql } from 'kysely';
import { consent } from './consent';
import { customers } from './customers';
import { enrollments } from './enrollments';
import { events } from './events';
import { experiments } from './experiments';
import { keys } from './keys';
import { measurement } from './measurement';
import { messages } from './messages';
import { outbox } from './outbox';
import { privacy } from './privacy';
import { profiles } from './profiles';
import { tasks } from './tasks';

/**
 * The whole schema. Nothing has been released yet, so a new table or column is added here and not
 * by a second migration.
 *
 * Every table that the hot path reads has a `customer_id` and an index on it, so that the database
 * can be sharded by customer.
 */
const modules: readonly (readonly string[])[] = [
  customers,
  events,
  enrollments,
  outbox,
  consent,
  messages,
  tasks,
  experiments,
  measurement,
  profiles,
  privacy,
  keys,
];

export const baseline: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of modules.flat()) await sql.raw(statement).execute(db);
  },
};
