import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { classifyRelayError } from '../../outbox/relay/classify-relay-error';
import { workflowIdOf, type EnrollmentRunStatus, type UpdateName } from '../../journey/protocol';

/** The result of an update that an operator sent to a running journey. */
export type UpdateResult =
  | { readonly did: 'done'; readonly status: EnrollmentRunStatus }
  /** The journey rejected it, with this message. */
  | { readonly did: 'rejected'; readonly message: string }
  /** No such workflow is running. */
  | { readonly did: 'not-found' }
  /** Its worker did not answer in time; whether the update took effect is unknown. */
  | { readonly did: 'timeout' }
  | { readonly did: 'unavailable' };

/** Timeout of an update. */
const UPDATE_TIMEOUT_MS = 8_000;

/**
 * Sends an update to a running journey: pause, resume, skip a wait, or exit.
 *
 * @param updateId the idempotency key of the request
 */
export async function sendUpdate(
  connect: () => Promise<Client>,
  enrollment: { readonly id: string; readonly journey: string },
  update: UpdateName,
  reason: string | null,
  updateId?: string,
): Promise<UpdateResult> {
  try {
    const client = await connect();
    const handle = client.workflow.getHandle(workflowIdOf(enrollment.journey, enrollment.id));
    const once = updateId === undefined ? {} : { updateId };
    // A network deadline: in system time, not in the journey's.
    const status = await client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
      update === 'exit' && reason !== null
        ? handle.executeUpdate<EnrollmentRunStatus, [string]>(update, { ...once, args: [reason] })
        : handle.executeUpdate<EnrollmentRunStatus, []>(update, once),
    );
    return { did: 'done', status };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      return { did: 'rejected', message: error.cause?.message ?? error.message };
    }
    if (error instanceof WorkflowNotFoundError) return { did: 'not-found' };
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { did: 'timeout' };
    switch (classifyRelayError(error)) {
      case 'gone':
        return { did: 'not-found' };
      case 'away':
        return { did: 'unavailable' };
      case 'refused':
        return isConnectionFailure(error) ? { did: 'unavailable' } : rejection(error);
    }
  }
}

function rejection(error: unknown): UpdateResult {
  return { did: 'rejected', message: error instanceof Error ? error.message : String(error) };
}

/** Connecting fails with plain network errors. */
function isConnectionFailure(error: unknown): boolean {
  const text = error instanceof Error ? `${error.name} ${error.message}` : '';
  return /connect|deadline|unavailable|timed? ?out/i.test(text);
}
