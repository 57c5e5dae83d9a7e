import { Router, type Request, type RequestHandler, type Response } from 'express';
import { RequestError } from '../../domain/errors';
import type { CallType } from '../../domain/events/tracking-call';
import { isJsonObject } from '../../domain/json';
import { addRoute } from '../http/add-route';
import { answerErrors } from '../http/answer-error';
import type { ApiDeps } from '../api-deps';
import { readBytes, readJson } from '../http/read-body';
import { createBackpressure } from '../http/backpressure';
import { setCaller } from '../auth/caller';
import { assertKey, keyIn } from '../auth/check-key';
import {
  CALL_TYPES,
  eventBytes,
  MAX_BATCH_BYTES,
  MAX_EVENT_BYTES,
  messageIdOf,
  readBatch,
  tooLarge,
} from '../tracking/read-batch';

const MAY_SEND = ['ingest'] as const;

/** Segment's browser clients send `text/plain`, which spares them a preflight. */
const ALSO_JSON = ['text/plain'];

type Deps = Pick<ApiDeps, 'ingest' | 'keys' | 'limits' | 'logger' | 'outboxAge'>;

/** Segment's HTTP API. */
export function createTrackingRoutes(deps: Deps): Router {
  const router = Router();
  const { limits } = deps;
  const door = createBackpressure({
    outboxAge: deps.outboxAge,
    outboxMaxAgeMs: limits?.outboxMaxAgeMs ?? Number.POSITIVE_INFINITY,
    maxBytes: MAX_BATCH_BYTES,
  });
  const before = [openToBrowsers, checkKeyOfHeader(deps), door, readBytes(MAX_BATCH_BYTES)];
  for (const type of CALL_TYPES) {
    addRoute(router, `/v1/${type}`, {
      post: [...before, (request, response) => takeOne(deps, type, request, response)],
      options: preflight,
    });
  }
  for (const path of ['/v1/batch', '/v1/import']) {
    addRoute(router, path, {
      post: [...before, (request, response) => takeBatch(deps, request, response)],
      options: preflight,
    });
  }
  router.use(answerErrors(deps.logger, { success: false }));
  return router;
}

async function takeOne(
  deps: Deps,
  type: CallType,
  request: Request,
  response: Response,
): Promise<void> {
  const body = await authorisedBody(deps, request);
  const bytes = eventBytes(body);
  if (bytes > MAX_EVENT_BYTES)
    throw new RequestError('too-large', 'event-too-large', tooLarge(bytes));
  const result = await deps.ingest.accept([{ type, body, index: 0 }]);
  const [error] = result.errors;
  if (error === undefined) {
    const { quarantined } = result;
    response.json({ success: true, ...(quarantined.length > 0 && { quarantined }) });
    return;
  }
  response.status(400).json({
    success: false,
    errors: [{ ...error, messageId: error.messageId ?? messageIdOf(body) }],
    error: { code: 'invalid-event', message: error.message, details: {} },
  });
}

async function takeBatch(deps: Deps, request: Request, response: Response): Promise<void> {
  const { calls, errors } = readBatch(await authorisedBody(deps, request));
  const result = await deps.ingest.accept(calls);
  const all = [...errors, ...result.errors].toSorted((a, b) => a.index - b.index);
  response.json({
    success: all.length === 0,
    errors: all,
    quarantined: result.quarantined,
    // How many had a messageId that had been taken before, and so had no effect now.
    duplicates: result.duplicates,
  });
}

/** A wrong key is refused before its body is read. */
function checkKeyOfHeader({ keys }: Deps): RequestHandler {
  return async (request, _response, next) => {
    const given = keyIn(request);
    if (given !== undefined) setCaller(request, await assertKey(keys, given, MAY_SEND));
    next();
  };
}

/** Without a header the key stands in the body, as Segment's browser clients send it. */
async function authorisedBody({ keys }: Deps, request: Request): Promise<unknown> {
  if (keyIn(request) !== undefined) return readJson(request, ALSO_JSON);
  let body: unknown;
  try {
    body = readJson(request, ALSO_JSON);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    // Who shows no key is told so, not what is wrong with the body.
  }
  const key = isJsonObject(body) ? body['writeKey'] : undefined;
  const given = typeof key === 'string' ? key : undefined;
  setCaller(request, await assertKey(keys, given, MAY_SEND));
  return body;
}

/** Any page may send events with a write key, which is no secret there, so any origin is let in. */
const openToBrowsers: RequestHandler = (_request, response, next) => {
  response.set('Access-Control-Allow-Origin', '*');
  next();
};

const preflight: RequestHandler = (_request, response) => {
  response
    .status(204)
    .set({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Content-Encoding',
      'Access-Control-Max-Age': '86400',
      Allow: 'POST, OPTIONS',
    })
    .end();
};
