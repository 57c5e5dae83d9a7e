import { z } from 'zod';
import { startErasure } from '../../activities/system';
import { findCustomer } from '../../db/read-models/customers/find-customer';
import { writeAudit } from '../../privacy/audit-log';
import { eraseCustomer } from '../../privacy/erasure';
import { actorOf, audit } from '../auth/audit';
import { answer, file } from '../contract/answers';
import { reply, route, SENT, type Route, type RouteRequest } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { sendExport } from '../customers/send-export';
import { CUSTOMER, CUSTOMER_ERRORS, knownCustomer } from '../customers/known-customer';
import { callTemporal } from '../operations/call-temporal';

const exportFile = { 200: file('The export.', 'application/zip') } as const;

const exportRoutes = (['GET', 'POST'] as const).map((method) =>
  route({
    method,
    path: '/v1/customers/:id/export',
    id: method === 'GET' ? 'getExport' : 'postExport',
    group: 'Privacy',
    summary: 'Everything that is stored about a customer, as a ZIP of JSON and CSV',
    roles: ['read'],
    params: CUSTOMER,
    answers: exportFile,
    errors: CUSTOMER_ERRORS,
    audit: 'handler',
    handle: async (deps, request) => {
      const customerId = await knownCustomer(deps.db, request);
      await sendExport(deps, { customerId, source: 'api' }, request.raw, request.response);
      return SENT;
    },
  }),
);

const erasureRoutes = (
  [
    ['DELETE', '/v1/customers/:id', 'deleteCustomer'],
    ['POST', '/v1/customers/:id/erase', 'eraseCustomer'],
  ] as const
).map(([method, path, id]) =>
  route({
    method,
    path,
    id,
    group: 'Privacy',
    summary: 'Erase a customer',
    description:
      'The rows are erased when the answer arrives; Temporal deletes the executions afterwards.',
    roles: ['admin'],
    params: CUSTOMER,
    answers: {
      200: answer(
        'There was nothing to erase.',
        z.strictObject({
          erased: z.literal(false),
          status: z.literal('nothing-to-erase'),
          message: z.string(),
        }),
      ),
      202: answer(
        'The rows are erased; the request tells when the executions are.',
        z.strictObject({
          erased: z.literal(true),
          requestId: z.string(),
          status: z.literal('running'),
          rows: z.record(z.string(), z.number()),
          message: z.string(),
        }),
      ),
    },
    errors: { 409: ['ambiguous-customer'], 404: ['unknown-customer'] },
    audit: 'handler',
    handle: (deps, request) => erase(deps, request),
  }),
);

/** A person's rights to their data. */
export const PERSONAL_DATA_ROUTES: readonly Route[] = [...exportRoutes, ...erasureRoutes];

/**
 * Erases what is stored here immediately; a workflow then waits until Temporal has deleted its part.
 * For a customer who was erased before or never existed there is nothing to do.
 */
async function erase(
  deps: RouteDeps,
  request: Pick<RouteRequest<{ readonly id: string }, unknown, unknown>, 'params' | 'raw'>,
) {
  const { db, client, taskQueue, logger, erasure } = deps;
  const found = await findCustomer(db, request.params.id);
  const customerId = found.found === 'none' ? undefined : await knownCustomer(db, request);
  const erased =
    customerId === undefined ? undefined : await eraseCustomer(erasure, customerId, 'api');
  if (erased === undefined) {
    await audit(db, request.raw, null, { detail: { erased: false } });
    return reply(200, {
      erased: false,
      status: 'nothing-to-erase',
      message: 'There is no such customer: this id was never seen, or its customer was erased.',
    });
  }
  const { requestId, pseudonym, rows } = erased;
  await writeAudit(db, {
    actor: actorOf(request.raw),
    action: 'erase',
    customerId: pseudonym,
    detail: { requestId, rows },
  });
  try {
    await callTemporal(client, (connected) => startErasure(connected, taskQueue, requestId));
  } catch (error) {
    logger.warn(
      { error, requestId },
      'an erasure waits for Temporal; it continues when Temporal answers',
    );
  }
  return reply(
    202,
    {
      erased: true,
      requestId,
      status: 'running',
      rows,
      message:
        'The rows are erased. Temporal is deleting the executions; the request tells when it is done.',
    },
    { Location: `/v1/privacy/requests/${requestId}` },
  );
}
