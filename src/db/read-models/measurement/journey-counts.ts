import { sql } from 'kysely';
import type { Db } from '../../transaction';

export interface EnrollmentCount {
  readonly journey: string;
  readonly status: string;
  readonly count: number;
}

export interface MessageCount {
  readonly journey: string;
  readonly channel: string;
  readonly status: string;
  readonly count: number;
}

export interface ReasonCount {
  readonly journey: string;
  readonly reason: string;
  readonly count: number;
}

export async function countTrackedEvents(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from events where type = 'track'`.execute(db);
  return rows[0]?.count ?? 0;
}

export async function countEnrollments(db: Db): Promise<readonly EnrollmentCount[]> {
  const { rows } = await sql<EnrollmentCount>`
    select journey, status, count(*) as count from enrollments
    group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

export async function countMessages(db: Db): Promise<readonly MessageCount[]> {
  const { rows } = await sql<MessageCount>`
    select journey, channel, status, count(*) as count from messages
    group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  return rows;
}

/** Decisions not to send, by reason. */
export async function countSkips(db: Db): Promise<readonly ReasonCount[]> {
  const { rows } = await sql<ReasonCount>`
    select journey, reason, count(*) as count from decisions where outcome = 'skip'
    group by 1, 2 order by 1, 3 desc`.execute(db);
  return rows;
}

/** Refused entries, by reason. */
export async function countRefusals(db: Db): Promise<readonly ReasonCount[]> {
  const { rows } = await sql<ReasonCount>`
    select journey, reason, count(*) as count from entry_refusals
    group by 1, 2 order by 1, 3 desc`.execute(db);
  return rows;
}
