import type { RequestHandler, Router } from 'express';
import { sendError } from './answer-error';

type Handlers = Partial<
  Record<'get' | 'post' | 'put' | 'delete' | 'options', RequestHandler | readonly RequestHandler[]>
>;

/** Adds a path with its methods. Any other method is answered with 405 and the ones there are. */
export function addRoute(router: Router, path: string, handlers: Handlers): void {
  const route = router.route(path);
  const allowed: string[] = [];
  for (const [method, given] of Object.entries(handlers)) {
    const list = typeof given === 'function' ? [given] : [...given];
    route[method as keyof Handlers](...list);
    allowed.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  }
  const allow = allowed.join(', ');
  route.all((request, response) => {
    response.set('Allow', allow);
    if (request.method === 'OPTIONS') {
      response.status(204).end();
      return;
    }
    sendError(response, {
      status: 405,
      code: 'wrong-method',
      message: `Found the method ${request.method}; this address knows ${allow}.`,
      details: {},
      headers: {},
    });
  });
}
