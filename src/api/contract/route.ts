import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { KeyRole } from '../../domain/access/key-role';
import type { Caller } from '../auth/caller';
import type { AnswerDeclaration, SchemaAnswer } from './answers';
import type { BodyDeclaration } from './bodies';
import type { RouteDeps } from './route-deps';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The headings under which the reference and the README list the routes, in this order. */
export const ROUTE_GROUPS = [
  'Tracking',
  'Customers',
  'Consent and preferences',
  'Journeys',
  'Tasks',
  'Segments',
  'Repair',
  'Privacy',
  'Keys',
  'Pages for customers',
  'System',
] as const;
export type RouteGroup = (typeof ROUTE_GROUPS)[number];

/** The names of the parameters in a path: `'id' | 'itemId'` for `/customers/:id/inbox/:itemId`. */
type ParameterNames<Path extends string> = Path extends `${string}:${infer Tail}`
  ? Tail extends `${infer Name}/${infer More}`
    ? Name | ParameterNames<More>
    : Tail
  : never;

type Shape = Readonly<Record<string, z.ZodType>>;
type Parsed<S extends Shape> = { readonly [Name in keyof S]: z.output<S[Name]> };

/** A request after its key, its parameters, its query and its body have been checked. */
export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Who calls; undefined where a route needs no key. */
  readonly caller: Caller | undefined;
  /** Express' own objects, for pages and streams, and for what a proof of consent records. */
  readonly raw: Request;
  readonly response: Response;
}

/** What a handler may return for a schema: lists and objects may be readonly. */
type Outgoing<T> = T extends Date
  ? Date
  : T extends readonly (infer Item)[]
    ? readonly Outgoing<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Outgoing<T[Key]> }
      : T;

type Answers = Readonly<Record<number, AnswerDeclaration>>;

/** Returned by a handler that has answered by itself: with a page, a stream or an error. */
export const SENT = { sent: true } as const;

/** One of the declared JSON answers, or `SENT`. */
type Reply<A extends Answers> =
  | {
      [Status in keyof A & number]: A[Status] extends SchemaAnswer<infer Schema>
        ? {
            readonly status: Status;
            readonly body: Outgoing<z.output<Schema>>;
            readonly headers?: Readonly<Record<string, string>>;
          }
        : never;
    }[keyof A & number]
  | typeof SENT;

/** What is declared of every route, whatever its types. */
interface RouteFacts {
  readonly method: Method;
  /** As Express writes it: `/v1/customers/:id`. */
  readonly path: string;
  /** A name that is unique among all routes: the operation id of the OpenAPI document. */
  readonly id: string;
  readonly group: RouteGroup;
  /** One line without a full stop: what the route does. */
  readonly summary: string;
  /** More, where the summary and the schemas do not say it. */
  readonly description?: string;
  /** The least roles, any of which is enough; `everybody` where no key is needed. */
  readonly roles: readonly KeyRole[] | 'everybody';
  /** Who may call the route without a key all the same, as a sentence. */
  readonly keyless?: string;
  /** Query parameters beside the declared ones are refused, unless a route has to accept any link. */
  readonly otherQuery?: 'ignored';
  readonly answers: Answers;
  /** The codes of errors by status, beside those that every route of this kind has. */
  readonly errors?: Readonly<Record<number, readonly string[]>>;
  /** How errors are written: as JSON, unless something else is named here. */
  readonly errorFormat?: 'tracking' | 'page';
  /**
   * What the audit log records: nothing, a row without a customer that is written before the handler
   * runs, or a row that the handler writes, since only it knows the customer.
   */
  readonly audit: 'none' | 'request' | 'handler';
  /** False for a route that this deployment does not have. */
  readonly available?: (deps: RouteDeps) => boolean;
  /** Replaces the check of the key in the header. */
  readonly authorise?: (deps: RouteDeps) => RequestHandler;
  /** Runs after the key has been checked and before the body is read. */
  readonly admit?: (deps: RouteDeps) => RequestHandler;
  /** Answers for pages of other origins. */
  readonly cors?: (deps: RouteDeps) => CorsPolicy;
}

export interface CorsPolicy {
  /** Sets the headers of an answer, or refuses the origin. */
  readonly apply: RequestHandler;
  readonly preflight: RequestHandler;
}

/** A route whose types have been checked by `route`. */
export interface Route extends RouteFacts {
  readonly params: Shape;
  readonly query: Shape;
  readonly body: BodyDeclaration<unknown> | undefined;
  readonly handle: (
    deps: RouteDeps,
    request: RouteRequest<unknown, unknown, unknown>,
  ) => Promise<UntypedReply | typeof SENT> | UntypedReply | typeof SENT;
}

export interface UntypedReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One of the declared answers.
 *
 * @param status one for which the route declares a JSON answer
 */
export function reply<const Status extends number, const Body>(
  status: Status,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): {
  readonly status: Status;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
} {
  return { status, body, headers };
}

type Declaration<
  Path extends string,
  Params extends Readonly<Record<ParameterNames<Path>, z.ZodType>>,
  Query extends Shape,
  Body,
  A extends Answers,
> = RouteFacts & {
  readonly path: Path;
  readonly query?: Query;
  readonly body?: BodyDeclaration<Body>;
  readonly answers: A;
  readonly handle: (
    deps: RouteDeps,
    request: RouteRequest<Parsed<Params>, Parsed<Query>, Body>,
  ) => Promise<Reply<A>> | Reply<A>;
} & ([ParameterNames<Path>] extends [never]
    ? { readonly params?: never }
    : { readonly params: Params });

/**
 * Declares a route. Its registration, the check of its requests, its line in the README, in the
 * reference and in the OpenAPI document, and the typed client are derived from this one object.
 *
 * @example
 * export const getTask = route({
 *   method: 'GET',
 *   path: '/v1/tasks/:id',
 *   id: 'getTask',
 *   group: 'Tasks',
 *   summary: 'One task',
 *   roles: ['read'],
 *   params: { id: pathText('The id of the task.') },
 *   answers: { 200: answer('The task.', task) },
 *   errors: { 404: ['unknown-task'] },
 *   audit: 'handler',
 *   handle: async (deps, request) => reply(200, await readTask(deps, request)),
 * });
 */
export function route<
  const Path extends string,
  Params extends Readonly<Record<ParameterNames<Path>, z.ZodType>>,
  const A extends Answers,
  Query extends Shape = Shape,
  Body = undefined,
>(declaration: Declaration<Path, Params, Query, Body, A>): Route {
  const { params = {}, query = {}, body } = declaration as unknown as Partial<Route>;
  return { ...(declaration as unknown as Route), params, query, body };
}
