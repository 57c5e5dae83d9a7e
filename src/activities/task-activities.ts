import { lockCurrentCustomer } from '../db/current-customer';
import { toJsonb } from '../db/schema';
import { inTransaction, type Db } from '../db/transaction';
import { subscribeToEvents } from '../events/event-subscriptions';
import type { EngineActivities } from '../journey/engine-activities';

type TaskActivities = Pick<EngineActivities, 'openTask' | 'cancelTask'>;

/** Local activities that open and cancel tasks for people. The id of a task is the id of its step. */
export function createTaskActivities({ db }: { readonly db: Db }): TaskActivities {
  return {
    openTask(input) {
      return inTransaction(db, async (tx) => {
        await subscribeToEvents(tx, ['Task Completed']);
        const customer = await lockCurrentCustomer(tx, input.customerId);
        if (customer === undefined) throw new Error(`There is no customer ${input.customerId}.`);
        const enrollment = await tx
          .selectFrom('enrollments')
          .select(['holdout', 'status', 'subscriptions'])
          .where('id', '=', input.enrollmentId)
          .executeTakeFirstOrThrow();
        if (enrollment.status !== 'active') return { taskId: null, reason: 'enrollment-ended' };
        // A call is also a contact, so the holdout gets none.
        if (enrollment.holdout) return { taskId: null, reason: 'holdout' };
        await tx
          .updateTable('enrollments')
          .set({ subscriptions: [...new Set([...enrollment.subscriptions, 'Task Completed'])] })
          .where('id', '=', input.enrollmentId)
          .execute();
        await tx
          .insertInto('tasks')
          .values({
            id: input.id,
            customer_id: customer.id,
            enrollment_id: input.enrollmentId,
            journey: input.journey,
            kind: input.kind,
            title: input.title,
            details: toJsonb(input.details),
            status: 'open',
            assignee: null,
            outcome: null,
            notes: null,
            due_at: input.dueAt === null ? null : new Date(input.dueAt),
            created_at: new Date(input.now),
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return { taskId: input.id, reason: 'opened' };
      });
    },

    async cancelTask({ taskId, at }) {
      await db
        .updateTable('tasks')
        .set({ status: 'cancelled', completed_at: new Date(at) })
        .where('id', '=', taskId)
        .where('status', 'in', ['open', 'claimed'])
        .execute();
    },
  };
}
