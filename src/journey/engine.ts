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

/** Priorities as Temporal orders them: 1 goes first. */
const PRIORITY = { high: 1, normal: 3, low: 5 } as const;

/** How long a provider that fails is tried again before the message is given up. */
const PATIENCE = { transactional: '3 days', marketing: '8 hours' } as const;

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
 * The engine as a running journey calls it. Local activities are retried for ever: while Postgres
 * is away, journeys wait where they are. They are not cancelled when the enrollment run is stopped: what a
 * cancelled one had written meanwhile (a decided message, a task) nobody would know of.
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
 * Hands a decided message to its channel. An attempt that a crash interrupted is noticed by its
 * missing heartbeat; what happens then is decided by the activity, from its own record.
 */
export function deliver(
  message: {
    readonly id: string;
    readonly channel: string;
    readonly template: string;
    readonly after: DeliverAfter | undefined;
  },
  options: { readonly transactional: boolean; readonly priority: keyof typeof PRIORITY },
): Promise<DeliverResult> {
  const activities = proxyActivities<DeliveryActivities>({
    taskQueue: deliveryQueue(workflowInfo().taskQueue, message.channel),
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '15 seconds',
    scheduleToCloseTimeout: options.transactional ? PATIENCE.transactional : PATIENCE.marketing,
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
    priority: { priorityKey: PRIORITY[options.priority] },
    summary: `${message.template} by ${message.channel}`,
  });
  return message.after === undefined
    ? activities.deliver(message.id)
    : activities.deliver(message.id, message.after);
}
