import { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { audit } from '../auth/audit';
import { callerOf } from '../auth/caller';
import { requireKey } from '../auth/check-key';
import { sendError } from '../http/answer-error';
import { invalid } from '../http/input';
import { readBytes } from '../http/read-body';
import { answerProblem } from './check-answer';
import type { Route } from './route';
import type { RouteDeps } from './route-deps';

/** Called with what is wrong with an answer; for tests. */
export type OnUndeclaredAnswer = (problem: string) => void;

const routes = new WeakMap<Request, Route>();

/** The declaration of the route that handles a request. */
export function routeOfRequest(request: Request): Route | undefined {
  return routes.get(request);
}

/** Registers routes in their order. Other methods of their paths are answered with 405 and Allow. */
export function registerRoutes(
  declared: readonly Route[],
  deps: RouteDeps,
  onUndeclaredAnswer?: OnUndeclaredAnswer,
): Router {
  const router = Router();
  const available = declared.filter((each) => each.available?.(deps) ?? true);
  for (const path of new Set(available.map((each) => each.path))) {
    const ofPath = available.filter((each) => each.path === path);
    const express = router.route(path);
    const allowed: string[] = [];
    for (const each of ofPath) {
      const method = each.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
      express[method](...handlersOf(each, deps, onUndeclaredAnswer));
      allowed.push(...(each.method === 'GET' ? ['GET', 'HEAD'] : [each.method]));
    }
    const cors = ofPath.find((each) => each.cors !== undefined)?.cors?.(deps);
    if (cors !== undefined) {
      express.options(cors.apply, cors.preflight);
      allowed.push('OPTIONS');
    }
    express.all(refuseMethod(allowed.join(', ')));
  }
  return router;
}

function handlersOf(
  route: Route,
  deps: RouteDeps,
  onUndeclaredAnswer: OnUndeclaredAnswer | undefined,
): readonly RequestHandler[] {
  const { body, roles, cors, authorise, admit } = route;
  return [
    (request, response, next) => {
      routes.set(request, route);
      if (onUndeclaredAnswer !== undefined) checkAnswer(route, response, onUndeclaredAnswer);
      next();
    },
    ...(cors === undefined ? [] : [cors(deps).apply]),
    ...(authorise !== undefined
      ? [authorise(deps)]
      : roles === 'everybody'
        ? []
        : [requireKey(deps.keys, roles)]),
    ...(admit === undefined ? [] : [admit(deps)]),
    ...(body === undefined ? [] : [readBytes(body.maxBytes)]),
    handlerOf(route, deps),
  ];
}

function handlerOf(route: Route, deps: RouteDeps): RequestHandler {
  const params = z.strictObject(route.params);
  const ignoresOthers = route.otherQuery === 'ignored';
  const query = ignoresOthers ? z.object(route.query) : z.strictObject(route.query);
  return async (request, response) => {
    const read = {
      params: readValues(params, request.params, 'the address'),
      query: readValues(query, request.query, 'the query'),
      body: await route.body?.read(request),
      caller: callerOf(request),
      raw: request,
      response,
    };
    if (route.audit === 'request') await audit(deps.db, request, null);
    const reply = await route.handle(deps, read);
    if ('sent' in reply) return;
    response
      .status(reply.status)
      .set(reply.headers ?? {})
      .json(reply.body);
  };
}

function readValues(schema: z.ZodType, values: Request['query'], where: string): unknown {
  const read = schema.safeParse(values);
  if (read.success) return read.data;
  const issues = read.error.issues
    .slice(0, 5)
    .map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `it has no ${issue.keys.map((key) => key.slice(0, 100)).join(', ')}`
        : `${issue.path.join('.')}: ${issue.message}`,
    );
  throw invalid(
    `Found something in ${where} that does not fit: ${issues.join('; ')}. Fix it and retry.`,
  );
}

function refuseMethod(allow: string): RequestHandler {
  return (request, response) => {
    response.set('Allow', allow);
    if (request.method === 'OPTIONS') {
      response.status(204).end();
      return;
    }
    sendError(response, {
      status: 405,
      code: 'wrong-method',
      message: `Found the method ${request.method}; this address accepts ${allow}.`,
      details: {},
      headers: {},
    });
  };
}

/** Replaces an answer that is not declared by a 500 that says so. */
function checkAnswer(route: Route, response: Response, report: OnUndeclaredAnswer): void {
  const json = response.json.bind(response);
  const send = response.send.bind(response);
  const problemOf = (body: unknown) => {
    const problem = answerProblem(route, {
      status: response.statusCode,
      contentType: response.get('Content-Type') ?? '',
      json: body,
    });
    if (problem !== undefined) report(problem);
    return problem;
  };
  response.json = (body: unknown) => {
    response.json = json;
    response.send = send;
    // As the receiver reads it: dates are text, and what is undefined is not there.
    const problem = problemOf(JSON.parse(JSON.stringify(body)));
    return problem === undefined ? json(body) : json.call(response.status(500), { problem });
  };
  response.send = (body: unknown) => {
    response.send = send;
    const problem = problemOf(undefined);
    return problem === undefined ? send(body) : json.call(response.status(500), { problem });
  };
}
