import express, { type Express, type RequestHandler } from 'express';
import { sendError } from './http/answer-error';
import type { ApiDeps } from './api-deps';
import { createCentre } from './centre/centre';
import { REQUEST_TIMEOUT_SETTING } from './http/http-server';
import { answerRouteErrors } from './contract/answer-route-errors';
import { registerRoutes, type OnUndeclaredAnswer } from './contract/register-routes';
import type { RouteDeps } from './contract/route-deps';
import { ROUTES } from './contract/routes';
import { createBackpressure } from './http/backpressure';
import { createRateLimiter } from './http/rate-limiter';
import { MAX_BATCH_BYTES } from './tracking/read-batch';
import { createStoredKeys } from './auth/stored-keys';

export type { ApiDeps } from './api-deps';
export { listen, type RunningApi } from './http/http-server';

const HOUR_MS = 3_600_000;

export interface ApiOptions {
  /** Checks every answer against the declaration of its route; for tests. */
  readonly onUndeclaredAnswer?: OnUndeclaredAnswer;
}

/** The HTTP API as an Express app; `listen` opens it on a port. */
export function createApi(given: ApiDeps, options: ApiOptions = {}): Express {
  const deps = { ...given, keys: { stored: createStoredKeys(given), ...given.keys } };
  const app = express();
  app.disable('x-powered-by');
  // An answer belongs to one caller and one moment.
  app.disable('etag');
  // Behind a proxy of ours `request.ip` is the proxy's client, whom proofs and limits are about.
  app.set('trust proxy', ['loopback', 'linklocal', 'uniquelocal']);
  app.set(REQUEST_TIMEOUT_SETTING, deps.limits?.requestTimeoutMs);
  app.use(harden);
  const routeDeps = createRouteDeps(deps);
  app.use(registerRoutes(ROUTES, routeDeps, options.onUndeclaredAnswer));
  app.use(unknownAddress);
  app.use(answerRouteErrors(routeDeps));
  return app;
}

function createRouteDeps(deps: ApiDeps): RouteDeps {
  return {
    ...deps,
    centre: createCentre(deps.centre),
    backpressure: createBackpressure({
      outboxAge: deps.outboxAge,
      outboxMaxAgeMs: deps.limits?.outboxMaxAgeMs ?? Number.POSITIVE_INFINITY,
      maxBytes: MAX_BATCH_BYTES,
    }),
    renewals: {
      byIp: createRateLimiter({ limit: 10, windowMs: HOUR_MS }),
      byAddress: createRateLimiter({ limit: 3, windowMs: HOUR_MS }),
    },
  };
}

const harden: RequestHandler = (_request, response, next) => {
  response.set({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
  });
  next();
};

const unknownAddress: RequestHandler = (_request, response) => {
  sendError(response, {
    status: 404,
    code: 'unknown-address',
    message: 'There is nothing at this address; GET /reference lists every route.',
    details: {},
    headers: {},
  });
};
