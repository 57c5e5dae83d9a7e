import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { withTimeout } from '../with-timeout';
import { STATUS_QUERY, workflowIdOf, type EnrollmentRunStatus } from '../journey/protocol';

/** What a running journey says of itself, or why it could not be asked. */
export type LiveStatus =
  | { readonly known: true; readonly status: EnrollmentRunStatus }
  | { readonly known: false; readonly why: string };

export interface RunningEnrollment {
  readonly id: string;
  readonly journey: string;
}

/** How long a person who looks is kept waiting. */
const PATIENCE_MS = 2_000;

/** The most workflows that are asked at a time. */
const ASKED_AT_ONCE = 50;

/**
 * Asks running journeys what they wait for, all at once and for two seconds at the most: somebody
 * who looks is told what is known, also when Temporal or the workers are away.
 */
export async function liveStatuses(
  client: () => Promise<Client>,
  enrollments: readonly RunningEnrollment[],
): Promise<ReadonlyMap<string, LiveStatus>> {
  if (enrollments.length === 0) return new Map();
  const answers = await Promise.all(
    enrollments.map(async (enrollment, index): Promise<readonly [string, LiveStatus]> => {
      if (index >= ASKED_AT_ONCE) {
        return [enrollment.id, unknown(`only ${ASKED_AT_ONCE} journeys are asked at a time`)];
      }
      const status = await withTimeout(ask(client, enrollment), PATIENCE_MS, () =>
        unknown('Temporal or its workers did not answer within 2 seconds'),
      );
      return [enrollment.id, status];
    }),
  );
  return new Map(answers);
}

export async function liveStatus(
  client: () => Promise<Client>,
  enrollment: RunningEnrollment,
): Promise<LiveStatus> {
  const statuses = await liveStatuses(client, [enrollment]);
  return statuses.get(enrollment.id) ?? unknown('it was not asked');
}

async function ask(
  connect: () => Promise<Client>,
  { id, journey }: RunningEnrollment,
): Promise<LiveStatus> {
  try {
    const client = await connect();
    const handle = client.workflow.getHandle(workflowIdOf(journey, id));
    // A deadline of the network: it is the machine's time that passes, not the journey's.
    const status = await client.withDeadline(Date.now() + PATIENCE_MS, () =>
      handle.query<EnrollmentRunStatus>(STATUS_QUERY),
    );
    return { known: true, status };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      return unknown('its workflow has not been started yet, or Temporal has lost it');
    }
    return unknown('Temporal or its workers do not answer');
  }
}

function unknown(why: string): LiveStatus {
  return { known: false, why };
}
