import express, { type Express, type RequestHandler } from 'express';
import { answerErrors, sendError } from './http/answer-error';
import type { ApiDeps } from './api-deps';
import { createCentre } from './centre/centre';
import { REQUEST_TIMEOUT_SETTING } from './http/http-server';
import { createCodecRoutes } from './routes/codec';
import { createConsentRoutes } from './routes/consents';
import { createCustomerRoutes } from './routes/customers';
import { createHealthRoutes } from './routes/health';
import { createHomeRoutes } from './routes/home';
import { createInboundRoutes } from './routes/inbound';
import { createInboxRoutes } from './routes/inbox';
import { createTrackingRoutes } from './routes/tracking';
import { createEnrollmentRoutes } from './routes/enrollments';
import { createJourneyRoutes } from './routes/journeys';
import { createKeyRoutes } from './routes/keys';
import { createLinkRoutes } from './routes/links';
import { createLocalMailboxRoutes } from './routes/local-mailbox';
import { createOperationRoutes } from './routes/operations';
import { createPreferenceCentreRoutes } from './routes/preference-centre';
import { createPreferenceRoutes } from './routes/preferences';
import { createPrivacyRoutes } from './routes/privacy';
import { createDeadLetterRoutes } from './routes/dead-letters';
import { createSegmentRoutes } from './routes/segments';
import { createTaskRoutes } from './routes/tasks';
import { createStoredKeys } from './auth/stored-keys';

export type { ApiDeps } from './api-deps';
export { listen, type RunningApi } from './http/http-server';

/** The HTTP API as an Express app; `listen` opens it on a port. */
export function createApi(given: ApiDeps): Express {
  const deps = { ...given, keys: { stored: createStoredKeys(given), ...given.keys } };
  const app = express();
  app.disable('x-powered-by');
  // An answer belongs to one caller and one moment.
  app.disable('etag');
  // Behind a proxy of ours `request.ip` is whoever asked the proxy: proofs and limits are about them.
  app.set('trust proxy', ['loopback', 'linklocal', 'uniquelocal']);
  app.set(REQUEST_TIMEOUT_SETTING, deps.limits?.requestTimeoutMs);
  app.use(harden);
  const withPages = { ...deps, centre: createCentre(deps.centre) };
  app.use(
    createTrackingRoutes(deps),
    createHealthRoutes(deps),
    createHomeRoutes(deps),
    createLinkRoutes(withPages),
    createPreferenceCentreRoutes(withPages),
    createInboundRoutes(withPages),
    createCustomerRoutes(deps),
    createConsentRoutes(deps),
    createPreferenceRoutes(deps),
    createPrivacyRoutes(deps),
    createCodecRoutes(deps),
    createInboxRoutes(deps),
    createSegmentRoutes(deps),
    createJourneyRoutes(deps),
    createEnrollmentRoutes(deps),
    createOperationRoutes(deps),
    createTaskRoutes(deps),
    createDeadLetterRoutes(deps),
    createLocalMailboxRoutes(deps),
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
