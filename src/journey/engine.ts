import {
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { LocalActivityInterfaceFor } from '@temporalio/workflow';
import type {
  DeliverAfter,
  DeliverResult,
  DeliveryActivities,
  EngineActivities,
} from './engine-activities';
import { deliveryQueue } from './protocol';

/** Temporal priority keys: 1 is the highest. */
const PRIORITY = { high: 1, normal: 3, low: 5 } as const;

/** How long a failing delivery is retried, over all providers, before it fails permanently. */
const RETRY_LIMIT_MS = { transactional: 3 * 86_400_000, marketing: 8 * 3_600_000 } as const;

const local = proxyLocalActivities<EngineActivities>({
  startToCloseTimeout: '20 seconds',
  localRetryThreshold: '30 seconds',
  retry: {
    initialInterval: '250 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
  },
});

/**
 * The local activities that a running journey calls. They are retried without limit: while Postgres
 * is unavailable, journeys wait. They are not cancelled when the run is stopped,
 * because the workflow would not learn what a cancelled one had written (a decided message, a task).
 */
export const engine: LocalActivityInterfaceFor<EngineActivities> = new Proxy(local, {
  get:
    (activities, name: keyof EngineActivities) =>
    (...args: readonly never[]) =>
      CancellationScope.nonCancellable(() =>
        (activities[name] as (...given: readonly never[]) => Promise<unknown>)(...args),
      ),
});

/**
 * Delivers a decided message on its provider's task queue, and on those of the providers that it fails
 * over to. A missing heartbeat reveals an attempt that a crash interrupted; the activity decides from
 * its own record whether to repeat it.
 */
export async function deliver(
  message: {
    readonly id: string;
    readonly channel: string;
    readonly provider: string;
    readonly template: string;
    readonly after: DeliverAfter | undefined;
  },
  options: { readonly transactional: boolean; readonly priority: keyof typeof PRIORITY },
): Promise<DeliverResult> {
  const { id, channel, template } = message;
  const limit = options.transactional ? RETRY_LIMIT_MS.transactional : RETRY_LIMIT_MS.marketing;
  const deadline = Date.now() + limit;
  let { provider, after } = message;
  for (;;) {
    const activities = proxyActivities<DeliveryActivities>({
      taskQueue: deliveryQueue(workflowInfo().taskQueue, channel, provider),
      startToCloseTimeout: '2 minutes',
      heartbeatTimeout: '15 seconds',
      scheduleToCloseTimeout: Math.max(deadline - Date.now(), 1_000),
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
      priority: { priorityKey: PRIORITY[options.priority] },
      summary: `${template} via ${channel}, ${provider}`,
    });
    const result = await (after === undefined
      ? activities.deliver(id)
      : activities.deliver(id, after));
    if (result.status !== 'next') return result;
    ({ provider, after } = result);
  }
}
