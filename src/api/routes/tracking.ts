import type { Request, RequestHandler } from 'express';
import { RequestError } from '../../domain/errors';
import type { CallType } from '../../domain/events/tracking-call';
import { isJsonObject } from '../../domain/json';
import { setCaller } from '../auth/caller';
import { assertKey, keyIn } from '../auth/check-key';
import { answer } from '../contract/answers';
import { rawBody } from '../contract/bodies';
import { reply, route, SENT, type CorsPolicy, type Route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { batchAnswer, batchBody, callAnswer, callSchema } from '../contract/schemas/tracking';
import { readJson } from '../http/read-body';
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

/** Segment's browser clients send `text/plain`, which needs no preflight. */
const ALSO_JSON = ['text/plain'];

/** A wrong key is refused before its body is read. */
const authorise = ({ keys }: RouteDeps): RequestHandler => {
  return async (request, _response, next) => {
    const given = keyIn(request);
    if (given !== undefined) setCaller(request, await assertKey(keys, given, MAY_SEND));
    next();
  };
};

/** Any page may send events with a write key, which is no secret there, so every origin is allowed. */
const CORS: CorsPolicy = {
  apply: (_request, response, next) => {
    response.set('Access-Control-Allow-Origin', '*');
    next();
  },
  preflight: (_request, response) => {
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
  },
};

/** What all routes of Segment's HTTP API have in common. */
const TRACKING = {
  method: 'POST',
  group: 'Tracking',
  roles: MAY_SEND,
  // Clients of Segment add parameters of their own.
  otherQuery: 'ignored',
  errorFormat: 'tracking',
  audit: 'none',
  authorise,
  admit: (deps: RouteDeps) => deps.backpressure,
  cors: () => CORS,
} as const;

const OVERLOADED = ['outbox-behind', 'too-many-requests', 'too-many-events'] as const;

const SUMMARIES: Readonly<Record<CallType, string>> = {
  identify: 'Who a customer is: their ids and traits',
  track: 'What a customer did',
  page: 'A page that a customer viewed',
  screen: 'A screen that a customer viewed',
  group: 'The group that a customer belongs to',
  alias: 'Join two ids of one customer',
};

function callRoute(type: CallType): Route {
  return route({
    ...TRACKING,
    path: `/v1/${type}`,
    id: type,
    summary: SUMMARIES[type],
    description:
      "A call of Segment's HTTP API. The key may also be sent as `writeKey` in the body. An event has at most 32 KB.",
    body: rawBody(callSchema(type), { maxBytes: MAX_BATCH_BYTES }),
    answers: { 200: answer('The call was stored.', callAnswer) },
    errors: { 400: ['invalid-event'], 413: ['event-too-large'], 429: OVERLOADED },
    handle: async (deps, { raw, response }) => {
      const body = await authorisedBody(deps, raw);
      const bytes = eventBytes(body);
      if (bytes > MAX_EVENT_BYTES) {
        throw new RequestError('too-large', 'event-too-large', tooLarge(bytes));
      }
      const { errors, quarantined } = await deps.ingest.accept([{ type, body, index: 0 }]);
      const [error] = errors;
      if (error !== undefined) {
        response.status(400).json({
          success: false,
          errors: [{ ...error, messageId: error.messageId ?? messageIdOf(body) }],
          error: { code: 'invalid-event', message: error.message, details: {} },
        });
        return SENT;
      }
      return reply(200, { success: true, ...(quarantined.length > 0 && { quarantined }) });
    },
  });
}

function batchRoute(path: '/v1/batch' | '/v1/import'): Route {
  return route({
    ...TRACKING,
    path,
    id: path.slice('/v1/'.length),
    summary:
      path === '/v1/batch' ? 'Up to 2,500 calls at once' : 'The same as /v1/batch, for old clients',
    description:
      'Each call has its `type`, and at most 32 KB; the whole at most 500 KB. `context`, `integrations` and `sentAt` of the batch apply to each call that does not have its own. Calls that cannot be accepted are listed under `errors`; the others are stored.',
    body: rawBody(batchBody, { maxBytes: MAX_BATCH_BYTES }),
    answers: { 200: answer('What became of the calls.', batchAnswer) },
    errors: { 400: ['malformed-batch'], 429: OVERLOADED },
    handle: async (deps, { raw }) => {
      const { calls, errors } = readBatch(await authorisedBody(deps, raw));
      const result = await deps.ingest.accept(calls);
      const all = [...errors, ...result.errors].toSorted((a, b) => a.index - b.index);
      const { quarantined, duplicates } = result;
      return reply(200, { success: all.length === 0, errors: all, quarantined, duplicates });
    },
  });
}

/** Segment's HTTP API. */
export const TRACKING_ROUTES: readonly Route[] = [
  ...CALL_TYPES.map(callRoute),
  batchRoute('/v1/batch'),
  batchRoute('/v1/import'),
];

/** Without a header the key is in the body, as Segment's browser clients send it. */
async function authorisedBody({ keys }: RouteDeps, request: Request): Promise<unknown> {
  if (keyIn(request) !== undefined) return readJson(request, ALSO_JSON);
  let body: unknown;
  try {
    body = readJson(request, ALSO_JSON);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    // A caller without a key is told about the key, not about the body.
  }
  const key = isJsonObject(body) ? body['writeKey'] : undefined;
  const given = typeof key === 'string' ? key : undefined;
  setCaller(request, await assertKey(keys, given, MAY_SEND));
  return body;
}
