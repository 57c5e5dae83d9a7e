import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { sendUpdate } from '../../activities/system/send-update';
import { enrollmentById, type EnrollmentView } from '../../db/read-models/operations/enrollments';
import { RequestError } from '../../domain/errors';
import type { UpdateName } from '../../journey/protocol';
import { liveStatus } from '../../reporting/live-status';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { pathText, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';

/** The update of a running journey behind each word in an address. */
export const OPERATIONS = {
  pause: 'pause',
  resume: 'resume',
  'skip-wait': 'skipWait',
  exit: 'exit',
} as const satisfies Readonly<Record<string, UpdateName>>;

const body = z.strictObject({ reason: z.string().min(1).max(200).optional() });

type Deps = Pick<ApiDeps, 'db' | 'keys' | 'client'>;

/** One enrollment, for operators. */
export function createEnrollmentRoutes(deps: Deps): Router {
  const router = Router();
  const mayOperate = requireKey(deps.keys, ['operate']);
  addRoute(router, '/v1/enrollments/:id', {
    get: [
      mayOperate,
      async (request, response) => {
        const enrollment = await knownEnrollment(deps, request);
        if (enrollment.status !== 'active') {
          response.json({ ...enrollment, live: null, liveUnknown: null });
          return;
        }
        const live = await liveStatus(deps.client, enrollment);
        response.json(
          live.known
            ? { ...enrollment, live: live.status, liveUnknown: null }
            : { ...enrollment, live: null, liveUnknown: live.why },
        );
      },
    ],
  });
  for (const [word, update] of Object.entries(OPERATIONS)) {
    addRoute(router, `/v1/enrollments/:id/${word}`, {
      post: [
        mayOperate,
        readBytes(16 * 1024),
        (request, response) => steer(deps, update, request, response),
      ],
    });
  }
  return router;
}

async function steer(
  deps: Deps,
  update: UpdateName,
  request: Request,
  response: Response,
): Promise<void> {
  const { reason } = readInput(request, body);
  const enrollment = await knownEnrollment(deps, request);
  if (enrollment.status !== 'active') {
    throw new RequestError(
      'conflict',
      'enrollment-ended',
      `The enrollment has ended (${enrollment.status}: ${enrollment.reason ?? 'no reason given'}); only a running one can be steered.`,
    );
  }
  const steered = await sendUpdate(deps.client, enrollment, update, reason ?? null);
  switch (steered.did) {
    case 'done':
      response.json({ enrollmentId: enrollment.id, status: steered.status });
      return;
    case 'refused':
      throw new RequestError('conflict', 'refused', steered.message);
    case 'gone':
      throw new RequestError(
        'conflict',
        'not-running',
        `No workflow runs for this enrollment: it starts at ${enrollment.startsAt.toISOString()}, or somebody ended it in Temporal. Try again after that, or look for it in the Temporal Web UI.`,
      );
    case 'silent':
      throw new RequestError(
        'unavailable',
        'no-answer',
        'The journey did not answer in time, so whether it did what was asked is unknown; see that a worker runs, then look at the enrollment.',
      );
    case 'away':
      throw new RequestError(
        'unavailable',
        'temporal-away',
        'Temporal does not answer at the moment; nothing was done. Try again when it does.',
      );
  }
}

async function knownEnrollment({ db }: Deps, request: Request): Promise<EnrollmentView> {
  const enrollment = await enrollmentById(db, pathText(request, 'id'));
  if (enrollment !== undefined) {
    await audit(db, request, enrollment.customerId);
    return enrollment;
  }
  throw new RequestError(
    'not-found',
    'unknown-enrollment',
    "Found no enrollment of this id; take it from a customer's enrollments.",
  );
}
