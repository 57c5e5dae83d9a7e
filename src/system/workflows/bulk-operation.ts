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

/** One operation on many enrollments of a journey; its result says what came of it. */
export async function bulkOperation(input: OperationInput): Promise<OperationProgress> {
  return operate(input);
}
