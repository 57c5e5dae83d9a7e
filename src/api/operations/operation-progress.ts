import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { OperationProgress } from '../../activities/system/protocol';

/** The progress of a running operation, from the heartbeat of its activity. */
export async function readProgress(
  client: Client,
  { raw }: WorkflowExecutionDescription,
): Promise<OperationProgress | undefined> {
  const payloads = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads;
  if (payloads === undefined || payloads === null) return undefined;
  const [progress] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return progress as OperationProgress | undefined;
}
