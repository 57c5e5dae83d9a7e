import express, { type Express, type RequestHandler } from 'express';
import { answerErrors, sendError } from './answer-error';
import type { ApiDeps } from './api-deps';
import { REQUEST_TIMEOUT_SETTING } from './listen';
import { createConsentRoutes } from './routes/consents';
import { createCustomerRoutes } from './routes/customers';
import { createHealthRoutes } from './routes/health';
import { createHomeRoutes } from './routes/home';
import { createInboxRoutes } from './routes/inbox';
import { createIngestRoutes } from './routes/ingest';
import { createEnrollmentRoutes } from './routes/enrollments';
import { createJourneyRoutes } from './routes/journeys';
import { createKeyRoutes } from './routes/keys';
import { createLinkRoutes } from './routes/links';
import { createMailOutboxRoutes } from './routes/mail-outbox';
import { createOperationRoutes } from './routes/operations';
import { createRepairRoutes } from './routes/repair';
import { createTaskRoutes } from './routes/tasks';
import { createStoredKeys } from './stored-keys';

export type { ApiDeps } from './api-deps';
export { listen, type RunningApi } from './listen';

/** The HTTP API as an Express app; `listen` opens it on a port. */
export function createApi(given: ApiDeps): Express {
  const deps = { ...given, keys: { stored: createStoredKeys(given), ...given.keys } };
  const app = express();
  app.disable('x-powered-by');
  // An answer belongs to one caller and one moment.
  app.disable('etag');
  app.set(REQUEST_TIMEOUT_SETTING, deps.limits?.requestTimeoutMs);
  app.use(harden);
  app.use(
    createIngestRoutes(deps),
    createHealthRoutes(deps),
    createHomeRoutes(deps),
    createLinkRoutes(deps),
    createCustomerRoutes(deps),
    createConsentRoutes(deps),
    createInboxRoutes(deps),
    createJourneyRoutes(deps),
    createEnrollmentRoutes(deps),
    createOperationRoutes(deps),
    createTaskRoutes(deps),
    createRepairRoutes(deps),
    createMailOutboxRoutes(deps),
    createKeyRoutes(deps),
  );
  app.use(unknownAddress);
  app.use(answerErrors(deps.logger));
  return app;
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
    message: 'There is nothing at this address; GET / lists what there is.',
    details: {},
    headers: {},
  });
};
