import type { Request } from 'express';
import { z } from 'zod';
import { sendUpdate } from '../../activities/system/send-update';
import { enrollmentById, type EnrollmentView } from '../../db/read-models/operations/enrollments';
import { RequestError } from '../../domain/errors';
import type { UpdateName } from '../../journey/protocol';
import { liveStatus } from '../../reporting/live-status';
import { audit } from '../auth/audit';
import { answer } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { pathText } from '../contract/inputs';
import { reply, route, type Route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { liveEnrollment, liveStatus as liveStatusSchema } from '../contract/schemas/enrollment';

/** The update of a running journey behind each operation in a path. */
export const OPERATIONS = {
  pause: 'pause',
  resume: 'resume',
  'skip-wait': 'skipWait',
  exit: 'exit',
} as const satisfies Readonly<Record<string, UpdateName>>;

type Operation = keyof typeof OPERATIONS;

const SUMMARIES: Readonly<Record<Operation, string>> = {
  pause: 'Hold a customer where they are in a journey',
  resume: 'Let a paused enrollment continue',
  'skip-wait': 'End the wait that an enrollment is in',
  exit: 'End an enrollment',
};

const params = { id: pathText('The id of the enrollment.') };

const getEnrollment = route({
  method: 'GET',
  path: '/v1/enrollments/:id',
  id: 'getEnrollment',
  group: 'Journeys',
  summary: 'One enrollment, with its live status while it runs',
  roles: ['operate'],
  params,
  answers: { 200: answer('The enrollment.', liveEnrollment) },
  errors: { 404: ['unknown-enrollment'] },
  audit: 'handler',
  handle: async (deps, request) => {
    const enrollment = await knownEnrollment(deps, request);
    if (enrollment.status !== 'active') {
      return reply(200, { ...enrollment, live: null, liveUnknown: null });
    }
    const live = await liveStatus(deps.client, enrollment);
    return reply(
      200,
      live.known
        ? { ...enrollment, live: live.status, liveUnknown: null }
        : { ...enrollment, live: null, liveUnknown: live.why },
    );
  },
});

function operationRoute(operation: Operation): Route {
  return route({
    method: 'POST',
    path: `/v1/enrollments/:id/${operation}`,
    id: OPERATIONS[operation],
    group: 'Journeys',
    summary: SUMMARIES[operation],
    roles: ['operate'],
    params,
    body: jsonBody(z.strictObject({ reason: z.string().min(1).max(200).optional() }), {
      maxBytes: 16 * 1024,
    }),
    answers: {
      200: answer(
        'The status of the journey after the operation.',
        z.strictObject({ enrollmentId: z.string(), status: liveStatusSchema }),
      ),
    },
    errors: {
      404: ['unknown-enrollment'],
      409: ['enrollment-ended', 'refused', 'not-running'],
      503: ['no-answer', 'temporal-away'],
    },
    audit: 'handler',
    handle: async (deps, request) => {
      const { reason } = request.body;
      const enrollment = await knownEnrollment(deps, request);
      if (enrollment.status !== 'active') {
        throw new RequestError(
          'conflict',
          'enrollment-ended',
          `The enrollment has ended (${enrollment.status}: ${enrollment.reason ?? 'no reason given'}); only an active one accepts operations.`,
        );
      }
      const update = OPERATIONS[operation];
      const result = await sendUpdate(deps.client, enrollment, update, reason ?? null);
      if (result.did !== 'done') throw updateError(result, enrollment);
      return reply(200, { enrollmentId: enrollment.id, status: result.status });
    },
  });
}

/** One enrollment, for operators. */
export const ENROLLMENT_ROUTES: readonly Route[] = [
  getEnrollment,
  ...(Object.keys(OPERATIONS) as Operation[]).map(operationRoute),
];

function updateError(
  result: Exclude<Awaited<ReturnType<typeof sendUpdate>>, { readonly did: 'done' }>,
  { startsAt }: EnrollmentView,
): RequestError {
  switch (result.did) {
    case 'rejected':
      return new RequestError('conflict', 'refused', result.message);
    case 'not-found':
      return new RequestError(
        'conflict',
        'not-running',
        `No workflow runs for this enrollment: it starts at ${startsAt.toISOString()}, or it was terminated in Temporal. Retry after that time, or look for it in the Temporal Web UI.`,
      );
    case 'timeout':
      return new RequestError(
        'unavailable',
        'no-answer',
        'The journey did not answer in time, so it is unknown whether the operation was done. Check that a worker runs, then read the enrollment.',
      );
    case 'unavailable':
      return new RequestError(
        'unavailable',
        'temporal-away',
        'Temporal does not answer at the moment; nothing was done. Retry when it does.',
      );
  }
}

async function knownEnrollment(
  { db }: RouteDeps,
  { params: { id }, raw }: { readonly params: { readonly id: string }; readonly raw: Request },
): Promise<EnrollmentView> {
  const enrollment = await enrollmentById(db, id);
  if (enrollment !== undefined) {
    await audit(db, raw, enrollment.customerId);
    return enrollment;
  }
  throw new RequestError(
    'not-found',
    'unknown-enrollment',
    "Found no enrollment with this id; take it from a customer's enrollments.",
  );
}
