import { prepared } from '../db/sql/prepared';
import type { Db } from '../db/transaction';
import { lockCurrentCustomer } from '../db/current-customer';
import { withdrawMessage } from '../db/stores/messages';
import { inTransaction } from '../db/transaction';
import { subscribeToEvents } from '../events/event-subscriptions';
import { toRoutedEvent } from '../enrollments/routed-event';
import type { EngineActivities } from '../journey/engine-activities';
import type { CatalogueShape } from '../journey/register';

type EnrollmentActivities = Pick<
  EngineActivities,
  'subscribe' | 'close' | 'setPaused' | 'withdraw'
>;

/** Local activities by which a journey updates its enrollment. */
export function createEnrollmentActivities(deps: {
  readonly db: Db;
  readonly catalogue: CatalogueShape;
}): EnrollmentActivities {
  const { db } = deps;
  return {
    /**
     * Adds subscriptions, and returns the matching events since the entry. Runs under the customer's
     * row lock, so that no event is missed between the two.
     */
    subscribe({ enrollmentId, customerId, names }) {
      return inTransaction(db, async (tx) => {
        const events = names.filter((name) => !name.startsWith('trait:'));
        await subscribeToEvents(tx, events);
        const customer = await lockCurrentCustomer(tx, customerId);
        if (customer === undefined) throw new Error(`There is no customer ${customerId}.`);
        const enrollment = await tx
          .selectFrom('enrollments')
          .select(['subscriptions', 'entered_seq'])
          .where('id', '=', enrollmentId)
          .executeTakeFirstOrThrow();
        const subscriptions = [...new Set([...enrollment.subscriptions, ...names])];
        await tx
          .updateTable('enrollments')
          .set({ subscriptions })
          .where('id', '=', enrollmentId)
          .execute();
        if (events.length === 0) return [];
        const missed = await tx
          .selectFrom('events as e')
          .leftJoin('messages as m', 'm.id', 'e.about_message_id')
          .select(['e.id', 'e.name', 'e.properties', 'e.about_message_id', 'e.occurred_at'])
          .where('e.customer_id', '=', customer.id)
          .where('e.seq', '>', enrollment.entered_seq)
          .where('e.name', 'in', events)
          .where((where) =>
            where.or([
              where('e.about_message_id', 'is', null),
              where('m.enrollment_id', '=', enrollmentId),
            ]),
          )
          .orderBy('e.seq')
          .limit(1000)
          .execute();
        return missed.map((row) =>
          toRoutedEvent(
            {
              id: row.id,
              name: row.name,
              properties: row.properties,
              aboutMessageId: row.about_message_id,
              occurredAt: row.occurred_at,
            },
            deps.catalogue.events,
          ),
        );
      });
    },

    /** Does not overwrite an end that routing has recorded. */
    async close({ enrollmentId, status, reason, at }) {
      await prepared`update enrollments
        set status = ${status}, end_reason = ${reason}, ended_at = ${new Date(at)}, paused_at = null
        where id = ${enrollmentId} and status = 'active'`.execute(db);
    },

    async setPaused({ enrollmentId, pausedAt }) {
      await db
        .updateTable('enrollments')
        .set({ paused_at: pausedAt === null ? null : new Date(pausedAt) })
        .where('id', '=', enrollmentId)
        .execute();
    },

    async withdraw({ messageId, reason }) {
      await withdrawMessage(db, messageId, reason);
    },
  };
}
