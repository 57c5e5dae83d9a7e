import { Router } from 'express';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';

/** Whether the process lives, and whether events can be taken and journeys run. */
export function createHealthRoutes({ readiness }: Pick<ApiDeps, 'readiness'>): Router {
  const router = Router();
  addRoute(router, '/healthz', {
    get: (_request, response) => {
      response.set('Cache-Control', 'no-store').json({ status: 'ok' });
    },
  });
  addRoute(router, '/readyz', {
    get: async (_request, response) => {
      const missing = await readiness().catch((error: unknown) => [
        `the check of readiness failed (${error instanceof Error ? error.name : 'unknown'})`,
      ]);
      response.set('Cache-Control', 'no-store');
      if (missing.length === 0) response.json({ ready: true });
      else response.status(503).set('Retry-After', '1').json({ ready: false, missing });
    },
  });
  return router;
}
