import type { RequestHandler } from 'express';
import type { ApiDeps } from '../api-deps';
import type { Centre } from '../centre/centre';
import type { RateLimiter } from '../http/rate-limiter';

/** What the handlers of the routes work with: what the API was given, and what one API keeps. */
export interface RouteDeps extends Omit<ApiDeps, 'centre'> {
  readonly centre: Centre;
  /** Refuses events while too many wait; one gauge for all routes of the tracking API. */
  readonly backpressure: RequestHandler;
  /** How often somebody may request a new link. */
  readonly renewals: { readonly byIp: RateLimiter; readonly byAddress: RateLimiter };
}
