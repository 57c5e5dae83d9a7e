import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import {
  BULK_OPERATION,
  NO_PROGRESS,
  operationWorkflowId,
  systemQueue,
  type OperationInput,
  type OperationProgress,
} from '../../activities/system/protocol';
import { newId } from '../../db/new-id';
import { RequestError } from '../../domain/errors';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { idText, pathText, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';
import { readProgress } from '../operations/operation-progress';
import { callTemporal } from '../operations/call-temporal';
import { OPERATIONS } from './enrollments';
import { knownJourney } from './journeys';

const moment = z.iso.datetime({ offset: true });

const body = z.strictObject({
  operation: z.enum(['pause', 'resume', 'skip-wait', 'exit']),
  reason: z.string().min(1).max(200).optional(),
  filter: z
    .strictObject({
      key: z.string().max(255).optional(),
      enteredBefore: moment.optional(),
      enteredAfter: moment.optional(),
      customerIds: z.array(idText).min(1).max(1_000).optional(),
      paused: z.boolean().optional(),
    })
    .optional(),
});

type Deps = Pick<ApiDeps, 'db' | 'index' | 'keys' | 'client' | 'clock' | 'taskQueue'>;

/** Operations on many enrollments at once; each runs as a workflow of its own. */
export function createOperationRoutes(deps: Deps): Router {
  const router = Router();
  const mayOperate = requireKey(deps.keys, ['operate']);
  addRoute(router, '/v1/journeys/:journey/operations', {
    post: [
      mayOperate,
      readBytes(512 * 1024),
      (request, response) => begin(deps, request, response),
    ],
  });
  addRoute(router, '/v1/operations/:id', {
    get: [
      mayOperate,
      async (request, response) => {
        const id = pathText(request, 'id');
        response.json(await callTemporal(deps.client, (client) => progressOf(client, id)));
      },
    ],
  });
  return router;
}

async function begin(deps: Deps, request: Request, response: Response): Promise<void> {
  const journey = knownJourney(deps, request);
  const { operation, reason, filter } = readInput(request, body);
  const operationId = newId();
  await audit(deps.db, request, null, { detail: { operationId } });
  const input: OperationInput = {
    v: 1,
    operationId,
    journey,
    operation: OPERATIONS[operation],
    reason: reason ?? null,
    filter: filter ?? {},
    askedAt: deps.clock.now().getTime(),
  };
  await callTemporal(deps.client, (client) =>
    client.workflow.start(BULK_OPERATION, {
      workflowId: operationWorkflowId(operationId),
      taskQueue: systemQueue(deps.taskQueue),
      args: [input],
      staticSummary: `${operation} for ${journey}`,
    }),
  );
  response.status(202).location(`/v1/operations/${operationId}`).json({ operationId });
}

async function progressOf(client: Client, operationId: string): Promise<object> {
  try {
    const handle = client.workflow.getHandle(operationWorkflowId(operationId));
    const described = await handle.describe();
    const status = described.status.name.toLowerCase();
    const progress: OperationProgress =
      status === 'completed'
        ? ((await handle.result()) as OperationProgress)
        : ((await readProgress(client, described)) ?? NO_PROGRESS);
    const { done, refused, failed, failures } = progress;
    return { operationId, status, done, refused, failed, failures };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new RequestError(
      'not-found',
      'unknown-operation',
      'Found no operation of this id; take it from the answer that began it. Old ones are forgotten.',
    );
  }
}
