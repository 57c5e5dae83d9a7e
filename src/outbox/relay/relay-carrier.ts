import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Db } from '../../db/transaction';
import type { JourneyOptions } from '../../journey/options';
import { ROUTED_SIGNAL, workflowIdOf, type RoutedSignal } from '../../journey/protocol';
import { closeLost } from './close-lost';
import type { WaitingSignal, WaitingStart } from '../outbox-rows';
import { classifyRelayError } from './classify-relay-error';
import { searchAttributesOf } from './search-attributes';

export interface CarrierDeps {
  readonly db: Db;
  readonly client: Client;
  /** The journeys' options, by name. */
  readonly index: { options(journey: string): JourneyOptions | undefined };
  readonly taskQueue: string;
  /** False if the server does not have our search attributes, such as a test server. */
  readonly searchable: boolean;
  /** Whether the client encrypts payloads. */
  readonly secret?: boolean;
}

export type RelayOutcome = 'done' | 'away' | { readonly refused: string };

/** Starts an enrollment's workflow; succeeds if it was started before. */
export async function carryStart(deps: CarrierDeps, row: WaitingStart): Promise<RelayOutcome> {
  const { workflowType, enrollmentId, payload: start } = row;
  const options = deps.index.options(workflowType);
  try {
    await deps.client.workflow.start(workflowType, {
      workflowId: workflowIdOf(workflowType, enrollmentId),
      taskQueue: deps.taskQueue,
      args: [start],
      // An enrollment's id is used once, so a start repeated after a crash has no effect.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      ...(options?.priority !== undefined && { priority: { priorityKey: options.priority } }),
      ...(deps.searchable && {
        typedSearchAttributes: searchAttributesOf(start, deps.secret === true),
      }),
      ...((!deps.searchable || deps.secret === true) && {
        staticSummary: `customer ${start.customerId}${start.key === '' ? '' : `, key ${start.key}`}`,
      }),
    });
    return 'done';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'done';
    return failed(error);
  }
}

/** Sends all waiting rows of an enrollment in one signal. */
export async function carrySignals(
  deps: CarrierDeps,
  rows: readonly [WaitingSignal, ...WaitingSignal[]],
): Promise<RelayOutcome> {
  const [{ workflowType, enrollmentId }] = rows;
  const workflowId = workflowIdOf(workflowType, enrollmentId);
  const signal: RoutedSignal = { v: 1, items: rows.map(({ payload }) => payload) };
  try {
    await deps.client.workflow.getHandle(workflowId).signal(ROUTED_SIGNAL, signal);
    return 'done';
  } catch (error) {
    if (classifyRelayError(error) !== 'gone') return failed(error);
    // The workflow finished before the signal arrived, or was ended in Temporal.
    return closeLost(deps, workflowId, enrollmentId);
  }
}

function failed(error: unknown): RelayOutcome {
  if (classifyRelayError(error) === 'away') return 'away';
  return { refused: error instanceof Error ? error.message : String(error) };
}
