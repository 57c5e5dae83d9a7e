import { Router, type Request, type Response } from 'express';
import { startErasure } from '../../activities/system';
import {
  privacyRequest,
  privacyRequests,
  retentionRuns,
} from '../../db/read-models/operations/privacy-requests';
import { auditLog } from '../../db/read-models/operations/audit-log';
import { findCustomer } from '../../db/read-models/customers/find-customer';
import { RequestError } from '../../domain/errors';
import { writeAudit } from '../../privacy/audit-log';
import { eraseCustomer } from '../../privacy/erasure';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { actorOf, audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { pathText, queryText } from '../http/input';
import { requireKey } from '../auth/check-key';
import { sendExport } from '../customers/send-export';
import { customerNamed, knownCustomer } from '../customers/known-customer';
import { readPage } from '../http/paging';
import { callTemporal } from '../operations/call-temporal';

type Deps = Pick<
  ApiDeps,
  'db' | 'keys' | 'client' | 'clock' | 'taskQueue' | 'erasure' | 'logger' | 'retention'
>;

const RUNS_SHOWN = 50;

/** A person's rights: to take their data along, and to be forgotten; and who looked at it. */
export function createPrivacyRoutes(deps: Deps): Router {
  const { db } = deps;
  const router = Router();
  const mayRead = requireKey(deps.keys, ['read', 'admin']);
  const isAdmin = requireKey(deps.keys, ['admin']);
  const smallBody = readBytes(16 * 1024);
  const exported = async (request: Request, response: Response) => {
    const customerId = await knownCustomer(db, request);
    await sendExport(deps, { customerId, source: 'api' }, request, response);
  };
  const erased = (request: Request, response: Response) => erase(deps, request, response);

  addRoute(router, '/v1/customers/:id/export', {
    get: [mayRead, exported],
    post: [mayRead, smallBody, exported],
  });
  addRoute(router, '/v1/customers/:id/erase', { post: [isAdmin, smallBody, erased] });
  addRoute(router, '/v1/privacy/requests', {
    get: [
      isAdmin,
      async (request, response) => {
        const page = await privacyRequests(db, readPage(request));
        response.json({ requests: page.items, next: page.next });
      },
    ],
  });
  addRoute(router, '/v1/privacy/requests/:id', {
    get: [
      isAdmin,
      async (request, response) => {
        const found = await privacyRequest(db, pathText(request, 'id'));
        if (found === undefined) {
          throw new RequestError(
            'not-found',
            'unknown-request',
            'Found no request of this id; take it from the answer that began it, or from the list.',
          );
        }
        response.json(found);
      },
    ],
  });
  addRoute(router, '/v1/privacy/retention', {
    get: [
      isAdmin,
      async (_request, response) => {
        const { events = null, messages = null } = deps.retention ?? {};
        response.json({ periods: { events, messages }, runs: await retentionRuns(db, RUNS_SHOWN) });
      },
    ],
  });
  addRoute(router, '/v1/audit', {
    get: [
      isAdmin,
      async (request, response) => {
        const reference = queryText(request, 'customer');
        const asked = readPage(request);
        const customerId = reference === undefined ? undefined : await customerNamed(db, reference);
        const actor = queryText(request, 'actor');
        const page = await auditLog(db, { customerId, actor }, asked);
        response.json({ entries: page.items, next: page.next });
      },
    ],
  });
  return router;
}

/**
 * Erases at once what is stored here, and has the rest worked off: Temporal deletes in its own time.
 * Who has been erased, or was never here, is answered that there is nothing to do.
 */
async function erase(deps: Deps, request: Request, response: Response): Promise<void> {
  const { db, client, taskQueue, logger, erasure } = deps;
  const found = await findCustomer(db, pathText(request, 'id'));
  const customerId = found.found === 'none' ? undefined : await knownCustomer(db, request);
  const erased =
    customerId === undefined ? undefined : await eraseCustomer(erasure, customerId, 'api');
  if (erased === undefined) {
    await audit(db, request, null, { detail: { erased: false } });
    response.json({
      erased: false,
      status: 'nothing-to-erase',
      message: 'There is no such customer: nobody of this id was ever here, or they were erased.',
    });
    return;
  }
  const { requestId, pseudonym, rows } = erased;
  await writeAudit(db, {
    actor: actorOf(request),
    action: 'erase',
    customerId: pseudonym,
    detail: { requestId, rows },
  });
  try {
    await callTemporal(client, (connected) => startErasure(connected, taskQueue, requestId));
  } catch (error) {
    logger.warn({ error, requestId }, 'an erasure waits for Temporal; it goes on when it answers');
  }
  response.status(202).location(`/v1/privacy/requests/${requestId}`).json({
    erased: true,
    requestId,
    status: 'running',
    rows,
    message:
      'The rows are erased. Temporal deletes the executions now; the request says when it is done.',
  });
}

/** `DELETE /v1/customers/:id`, which shares its address with the reading of a customer. */
export function eraseHandlers(deps: Deps) {
  return [
    requireKey(deps.keys, ['admin']),
    (request: Request, response: Response) => erase(deps, request, response),
  ];
}
