import { WorkflowNotFoundError, type Client } from '@temporalio/client';
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
import { audit } from '../auth/audit';
import { answer } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { pathText } from '../contract/inputs';
import { reply, route } from '../contract/route';
import { idText } from '../http/input';
import { callTemporal } from '../operations/call-temporal';
import { readProgress } from '../operations/operation-progress';
import { OPERATIONS } from './enrollments';
import { JOURNEY, knownJourney } from './journeys';

const time = z.iso.datetime({ offset: true });

const body = z.strictObject({
  operation: z.enum(['pause', 'resume', 'skip-wait', 'exit']),
  reason: z.string().min(1).max(200).optional(),
  filter: z
    .strictObject({
      key: z.string().max(255).optional(),
      enteredBefore: time.optional(),
      enteredAfter: time.optional(),
      customerIds: z.array(idText).min(1).max(1_000).optional(),
      paused: z.boolean().optional(),
    })
    .optional()
    .meta({ description: 'Which enrollments; all active ones of the journey where left out.' }),
});

export const startOperation = route({
  method: 'POST',
  path: '/v1/journeys/:journey/operations',
  id: 'startOperation',
  group: 'Journeys',
  summary: 'Pause, resume, skip the wait of, or end many enrollments',
  description: 'The operation runs as a workflow; read it by its id to see how far it is.',
  roles: ['operate'],
  params: JOURNEY,
  body: jsonBody(body, { maxBytes: 512 * 1024 }),
  answers: {
    202: answer('The operation has started.', z.strictObject({ operationId: z.string() })),
  },
  errors: { 404: ['unknown-journey'], 503: ['temporal-away'] },
  audit: 'handler',
  handle: async (deps, request) => {
    const journey = knownJourney(deps, request.params.journey);
    const { operation, reason, filter } = request.body;
    const operationId = newId();
    await audit(deps.db, request.raw, null, { detail: { operationId } });
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
    return reply(202, { operationId }, { Location: `/v1/operations/${operationId}` });
  },
});

const count = z.int().min(0);

export const getOperation = route({
  method: 'GET',
  path: '/v1/operations/:id',
  id: 'getOperation',
  group: 'Journeys',
  summary: 'How far an operation is',
  roles: ['operate'],
  params: { id: pathText('The id of the operation.') },
  answers: {
    200: answer(
      'The progress.',
      z.strictObject({
        operationId: z.string(),
        status: z.string().meta({ examples: ['running', 'completed'] }),
        done: count,
        refused: count.meta({ description: 'Had ended, or could not do it in their state.' }),
        failed: count,
        failures: z.array(z.strictObject({ enrollmentId: z.string(), message: z.string() })),
      }),
    ),
  },
  errors: { 404: ['unknown-operation'], 503: ['temporal-away'] },
  audit: 'none',
  handle: async ({ client }, { params }) =>
    reply(200, await callTemporal(client, (connected) => progressOf(connected, params.id))),
});

async function progressOf(client: Client, operationId: string) {
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
      'Found no operation with this id; take it from the answer that started it. Temporal deletes old ones.',
    );
  }
}
