import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { withTimeout } from '../with-timeout';
import { STATUS_QUERY, workflowIdOf, type EnrollmentRunStatus } from '../journey/protocol';

/** The status that a running journey reports, or why it is unknown. */
export type LiveStatus =
  | { readonly known: true; readonly status: EnrollmentRunStatus }
  | { readonly known: false; readonly why: string };

export interface RunningEnrollment {
  readonly id: string;
  readonly journey: string;
}

/** Timeout of a status query. */
const QUERY_TIMEOUT_MS = 2_000;

/** Maximum number of workflows to query at a time. */
const MAX_QUERIES = 50;

/**
 * Queries the status of running journeys concurrently, with a timeout of two seconds. Never rejects:
 * while Temporal or its workers are unavailable, the status is unknown.
 */
export async function liveStatuses(
  client: () => Promise<Client>,
  enrollments: readonly RunningEnrollment[],
): Promise<ReadonlyMap<string, LiveStatus>> {
  if (enrollments.length === 0) return new Map();
  const answers = await Promise.all(
    enrollments.map(async (enrollment, index): Promise<readonly [string, LiveStatus]> => {
      if (index >= MAX_QUERIES) {
        return [enrollment.id, unknown(`only ${MAX_QUERIES} journeys are queried at a time`)];
      }
      const status = await withTimeout(queryStatus(client, enrollment), QUERY_TIMEOUT_MS, () =>
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
  return statuses.get(enrollment.id) ?? unknown('it was not queried');
}

async function queryStatus(
  connect: () => Promise<Client>,
  { id, journey }: RunningEnrollment,
): Promise<LiveStatus> {
  try {
    const client = await connect();
    const handle = client.workflow.getHandle(workflowIdOf(journey, id));
    // A network deadline: in system time, not in the journey's.
    const status = await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
      handle.query<EnrollmentRunStatus>(STATUS_QUERY),
    );
    return { known: true, status };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      return unknown('its workflow was not started yet, or was deleted from Temporal');
    }
    return unknown('Temporal or its workers are unavailable');
  }
}

function unknown(why: string): LiveStatus {
  return { known: false, why };
}
