import type { ErrorRequestHandler, Request } from 'express';
import { answerWithPage } from '../centre/answer-with-page';
import { answerErrors } from '../http/answer-error';
import { routeOfRequest } from './register-routes';
import type { Route } from './route';
import type { RouteDeps } from './route-deps';
import { ROUTES } from './routes';

/** Answers an error in the format that its route declares. */
export function answerRouteErrors(deps: RouteDeps): ErrorRequestHandler {
  const formats: Readonly<Record<NonNullable<Route['errorFormat']> | 'json', ErrorRequestHandler>> =
    {
      json: answerErrors(deps.logger),
      tracking: answerErrors(deps.logger, { success: false }),
      page: answerWithPage(deps),
    };
  const pageRoots = new Set(
    ROUTES.filter((route) => route.errorFormat === 'page').map((route) => rootOf(route.path)),
  );
  return (error: unknown, request, response, next) => {
    const format = formatOf(request, pageRoots);
    return formats[format](error, request, response, next);
  };
}

/** An address that cannot be decoded has no route; its first segment says whose it would be. */
function formatOf(request: Request, pageRoots: ReadonlySet<string>) {
  const route = routeOfRequest(request);
  if (route !== undefined) return route.errorFormat ?? 'json';
  return pageRoots.has(rootOf(request.path)) ? 'page' : 'json';
}

function rootOf(path: string): string {
  return path.split('/', 2)[1] ?? '';
}
