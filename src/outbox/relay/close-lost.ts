import type { Client } from '@temporalio/client';
import type { Db } from '../../db/transaction';
import { classifyRelayError } from './classify-relay-error';

/**
 * Closes the enrollment of a workflow that cannot be signalled because it has ended. If the enrollment
 * is still active, the workflow was ended in Temporal (terminated, timed out), which becomes the
 * reason. A workflow that never existed is a defect, which the row then reports.
 */
export async function closeLost(
  deps: { readonly db: Db; readonly client: Client },
  workflowId: string,
  enrollmentId: string,
): Promise<'done' | 'away' | { readonly refused: string }> {
  const enrollment = await deps.db
    .selectFrom('enrollments')
    .select('status')
    .where('id', '=', enrollmentId)
    .executeTakeFirst();
  if (enrollment?.status !== 'active') return 'done';
  try {
    const { status, closeTime } = await deps.client.workflow.getHandle(workflowId).describe();
    if (status.name === 'RUNNING') return 'away'; // continued as new just now: signal it again
    await deps.db
      .updateTable('enrollments')
      .set({
        status: 'exited',
        end_reason: `workflow ${status.name.toLowerCase().replace('_', ' ')}`,
        ended_at: closeTime ?? new Date(),
      })
      .where('id', '=', enrollmentId)
      .where('status', '=', 'active')
      .execute();
    return 'done';
  } catch (error) {
    if (classifyRelayError(error) === 'away') return 'away';
    return {
      refused: `Temporal has no workflow ${workflowId}, though its enrollment is active. If its namespace was emptied, exit the enrollment; otherwise look for it there.`,
    };
  }
}
