import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { newId } from '../../db/new-id';
import { countsByJourney, type JourneyCounts } from '../../db/read-models/operations/enrollments';
import { inTransaction } from '../../db/transaction';
import { RequestError } from '../../domain/errors';
import { requestEntry } from '../../enrollments/request-entry';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { actorOf, audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { idText, pathText, readInput } from '../http/input';
import { describeJourney } from '../operations/describe-journey';
import { requireKey } from '../auth/check-key';
import { customerNamed } from '../customers/known-customer';

const NOBODY: JourneyCounts = { active: 0, paused: 0, completed: 0, exited: 0, failed: 0 };

const id = z.union([idText, z.number().transform(String)]);

const entry = z
  .object({
    userId: id.optional(),
    anonymousId: id.optional(),
    customerId: idText.optional(),
    key: z.union([z.string().max(255), z.number().transform(String)]).optional(),
    data: z
      .record(
        z.string().min(1).max(100),
        z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]),
      )
      .refine((data) => Object.keys(data).length <= 50, 'expected at most 50 values')
      .optional(),
    requestId: idText.optional(),
  })
  .refine(
    (body) =>
      [body.userId, body.anonymousId, body.customerId].filter((each) => each !== undefined)
        .length === 1,
    'expected exactly one of userId, anonymousId and customerId',
  );

type Deps = Pick<ApiDeps, 'db' | 'index' | 'keys' | 'clock'>;

/** The journeys, and the door that product systems let customers in by. */
export function createJourneyRoutes(deps: Deps): Router {
  const router = Router();
  addRoute(router, '/v1/journeys', {
    get: [
      requireKey(deps.keys, ['read']),
      async (_request, response) => {
        const counts = await countsByJourney(deps.db);
        const journeys = deps.index.names().map((name) => ({
          name,
          ...describeJourney(deps.index.options(name)),
          counts: counts.get(name) ?? NOBODY,
        }));
        response.json({ journeys });
      },
    ],
  });
  addRoute(router, '/v1/journeys/:journey/enrollments', {
    post: [
      requireKey(deps.keys, ['ingest', 'operate']),
      readBytes(64 * 1024),
      (request, response) => enroll(deps, request, response),
    ],
  });
  return router;
}

async function enroll(deps: Deps, request: Request, response: Response): Promise<void> {
  const journey = knownJourney(deps, request);
  const body = readInput(request, entry);
  const customerId = await customerNamed(deps.db, referenceIn(body));
  // A product system that enrolls is like one that sends events: not audited one by one.
  if (actorOf(request).role === 'admin') await audit(deps.db, request, customerId);
  const answer = await inTransaction(deps.db, (tx) =>
    requestEntry(tx, deps.index, {
      requestId: body.requestId ?? newId(),
      customerId,
      journey,
      key: body.key ?? '',
      data: body.data ?? {},
      now: deps.clock.now(),
    }),
  );
  if (answer.entered) {
    response.status(201).json({ entered: true, enrollmentId: answer.enrollmentId });
    return;
  }
  if (answer.reason === 'not-by-request') {
    throw new RequestError(
      'conflict',
      'not-by-request',
      `The journey '${journey}' lets nobody in by request; add onRequest() to its triggers, or send the event that triggers it.`,
    );
  }
  response.json({ entered: false, reason: answer.reason });
}

/** @throws {RequestError} `not-found` for a journey that nobody has defined */
export function knownJourney({ index }: Pick<ApiDeps, 'index'>, request: Request): string {
  const journey = pathText(request, 'journey');
  if (index.names().includes(journey)) return journey;
  throw new RequestError(
    'not-found',
    'unknown-journey',
    `Found no journey of this name; expected one of ${index.names().join(', ')}.`,
    { journeys: index.names() },
  );
}

function referenceIn(body: z.output<typeof entry>): string {
  if (body.userId !== undefined) return `user_id:${body.userId}`;
  if (body.anonymousId !== undefined) return `anonymous_id:${body.anonymousId}`;
  return body.customerId ?? '';
}
