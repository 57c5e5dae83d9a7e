import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/** More runs than any enrollment has. */
const MAX_RUNS = 1_000;

/**
 * Deletes a workflow from Temporal, with all runs that it continued from. Temporal deletes
 * asynchronously; repeat until the answer is `deleted`.
 */
export async function deleteExecution(
  client: Client,
  workflowId: string,
): Promise<'deleted' | 'deleting'> {
  const [latest, ...earlier] = await runsOf(client, workflowId);
  if (latest === undefined) return 'deleted';
  await endRun(client, workflowId, latest);
  // The oldest first and the latest last, since a retry after a crash finds the others through it.
  const runs = earlier.length > 0 ? earlier.toReversed() : [latest];
  for (const runId of runs) {
    await unlessMissing(
      client.workflowService.deleteWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
      }),
    );
  }
  return 'deleting';
}

/** Terminates a run, so that it stops before Temporal has deleted it. */
async function endRun(client: Client, workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate('erased');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended
  }
}

/** The runs of a workflow that Temporal still has, the latest first. */
async function runsOf(client: Client, workflowId: string): Promise<readonly string[]> {
  const { namespace } = client.options;
  const described = await unlessMissing(
    client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
  );
  let runId = described?.workflowExecutionInfo?.execution?.runId ?? undefined;
  const runs: string[] = [];
  while (runId !== undefined && runs.length < MAX_RUNS) {
    const answer = await unlessMissing(
      client.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1,
      }),
    );
    if (answer === undefined) break;
    runs.push(runId);
    const started = answer.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    runId = started?.continuedExecutionRunId || undefined;
  }
  return runs;
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === NOT_FOUND) return undefined;
    throw error;
  }
}
