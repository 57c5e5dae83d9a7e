import { requestEntry } from '../../src/enrollments/request-entry';
import type { EnrollmentRunStatus } from '../../src/journey/protocol';
import { workflowIdOf } from '../../src/journey/protocol';
import type { Engine } from './engine';

let requests = 0;

/** Enrolls a customer by request and returns the enrollment's id. */
export async function enter(
  engine: Engine,
  journey: string,
  customerId: string,
  options: { readonly key?: string; readonly data?: Record<string, string | number> } = {},
): Promise<string> {
  const answer = await tryToEnter(engine, journey, customerId, options);
  if (answer.enrollmentId === null) throw new Error(`not entered: ${answer.reason}`);
  await engine.relayed();
  return answer.enrollmentId;
}

export function tryToEnter(
  engine: Engine,
  journey: string,
  customerId: string,
  options: { readonly key?: string; readonly data?: Record<string, string | number> } = {},
) {
  return engine.services.ingest.transact((tx) =>
    requestEntry(tx, engine.services.index, {
      requestId: `request-${++requests}`,
      customerId,
      journey,
      key: options.key ?? '',
      data: options.data ?? {},
      now: engine.clock.now(),
    }),
  );
}

export function handleOf(engine: Engine, journey: string, enrollmentId: string) {
  return engine.client.workflow.getHandle(workflowIdOf(journey, enrollmentId));
}

export function statusOf(engine: Engine, journey: string, enrollmentId: string) {
  return handleOf(engine, journey, enrollmentId).query<EnrollmentRunStatus>('status');
}

/** The last note that a sample journey recorded. */
export async function noted(engine: Engine, customerId: string): Promise<unknown> {
  const { traits } = await engine.services.db
    .selectFrom('customers')
    .select('traits')
    .where('id', '=', customerId)
    .executeTakeFirstOrThrow();
  const note = traits['lifecycle'];
  return typeof note === 'string' ? (JSON.parse(note) as unknown) : undefined;
}

/** Waits until the enrollment has ended, and returns how. */
export async function ended(engine: Engine, enrollmentId: string): Promise<string> {
  const row = await engine.until(`the end of ${enrollmentId}`, async () => {
    const found = await engine.services.db
      .selectFrom('enrollments')
      .select(['status', 'end_reason'])
      .where('id', '=', enrollmentId)
      .executeTakeFirstOrThrow();
    return found.status !== 'active' && found;
  });
  return `${row.status}: ${row.end_reason}`;
}

/** The messages of a customer as `template status`, in order. */
export async function messagesOf(engine: Engine, customerId: string): Promise<readonly string[]> {
  const rows = await engine.services.db
    .selectFrom('messages')
    .select(['template', 'status'])
    .where('customer_id', '=', customerId)
    .orderBy('id')
    .execute();
  return rows.map(({ template, status }) => `${template} ${status}`);
}
