import {
  countEnrollments,
  countMessages,
  countRefusals,
  countSkips,
  countTrackedEvents,
  type EnrollmentCount,
  type MessageCount,
  type ReasonCount,
} from '../db/read-models/measurement/journey-counts';
import { readSegmentFlows, type SegmentFlow } from '../db/read-models/measurement/segment-flows';
import type { Db } from '../db/transaction';

/** Totals of all journeys and segments. */
export interface RunReport {
  /** Track calls, including those by journeys. */
  readonly events: number;
  readonly enrollments: readonly EnrollmentCount[];
  readonly messages: readonly MessageCount[];
  /** Decisions not to send. */
  readonly skipped: readonly ReasonCount[];
  /** Refused entries. */
  readonly refused: readonly ReasonCount[];
  readonly segments: readonly SegmentFlow[];
}

export async function reportRun(db: Db): Promise<RunReport> {
  return {
    events: await countTrackedEvents(db),
    enrollments: await countEnrollments(db),
    messages: await countMessages(db),
    skipped: await countSkips(db),
    refused: await countRefusals(db),
    segments: await readSegmentFlows(db),
  };
}
