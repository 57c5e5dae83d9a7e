import { isGrpcServiceError, type Client } from '@temporalio/client';

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/** More runs than any enrollment continues as new. */
const MOST_RUNS = 1_000;

/**
 * Deletes a workflow from Temporal, with every run that it continued from. Temporal does it in its
 * own time; ask again until the answer is `gone`.
 */
export async function deleteExecution(
  client: Client,
  workflowId: string,
): Promise<'gone' | 'going'> {
  const runs = await runsOf(client, workflowId);
  if (runs.length === 0) return 'gone';
  // The oldest first: the latest leads to the others, for an attempt that goes on after a crash.
  for (const runId of runs.toReversed()) {
    await unlessMissing(
      client.workflowService.deleteWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
      }),
    );
  }
  return 'going';
}

/** The runs of a workflow that Temporal still has, the latest first. */
async function runsOf(client: Client, workflowId: string): Promise<readonly string[]> {
  const { namespace } = client.options;
  const described = await unlessMissing(
    client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
  );
  let runId = described?.workflowExecutionInfo?.execution?.runId ?? undefined;
  const runs: string[] = [];
  while (runId !== undefined && runs.length < MOST_RUNS) {
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
