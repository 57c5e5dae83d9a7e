import { proxyActivities } from '@temporalio/workflow';
import type {
  OperationInput,
  OperationProgress,
  SystemActivities,
} from '../../activities/system/protocol';

const { operate } = proxyActivities<SystemActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Runs one operation on many enrollments of a journey; the result is the number of each outcome. */
export async function bulkOperation(input: OperationInput): Promise<OperationProgress> {
  return operate(input);
}
