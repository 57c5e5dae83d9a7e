import { Router, type Request } from 'express';
import { freshness, segmentMembers, segmentStates } from '../../db/read-models/operations/segments';
import { RequestError } from '../../domain/errors';
import type { SegmentDefinition } from '../../domain/segments/condition';
import { describeCondition } from '../../domain/segments/describe-segment';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { pathText } from '../http/input';
import { requireKey } from '../auth/check-key';
import { readPage } from '../http/paging';

const SAMPLE = 10;

type Deps = Pick<ApiDeps, 'db' | 'keys' | 'rules'>;

/** The segments, how many customers are in each, and who. */
export function createSegmentRoutes(deps: Deps): Router {
  const { db, rules } = deps;
  const router = Router();
  const mayRead = requireKey(deps.keys, ['read', 'admin']);
  addRoute(router, '/v1/segments', {
    get: [
      mayRead,
      async (_request, response) => {
        const segments = await overview(deps, Object.keys(rules.segments));
        response.json({ segments, freshness: await freshness(db) });
      },
    ],
  });
  addRoute(router, '/v1/segments/:segment', {
    get: [
      mayRead,
      async (request, response) => {
        const [name, definition] = knownSegment(deps, request);
        const [state] = await overview(deps, [name]);
        const sample = await segmentMembers(db, name, { limit: SAMPLE, before: undefined });
        response.json({
          ...state,
          definition: definition.where,
          sample: sample.items,
          freshness: await freshness(db),
        });
      },
    ],
  });
  addRoute(router, '/v1/segments/:segment/members', {
    get: [
      mayRead,
      async (request, response) => {
        const page = readPage(request);
        const [name] = knownSegment(deps, request);
        const { items, next } = await segmentMembers(db, name, page);
        response.json({ members: items, next });
      },
    ],
  });
  return router;
}

async function overview({ db, rules }: Deps, names: readonly string[]) {
  const states = await segmentStates(db, names);
  return names.map((name) => {
    const { description = null, where } = rules.segments[name] as SegmentDefinition;
    const { count = 0, definedAt = null, filledAt = null } = states.get(name) ?? {};
    return {
      name,
      description,
      condition: describeCondition(where),
      count,
      definedAt,
      filledAt,
      filling: filledAt === null,
    };
  });
}

/** @throws {RequestError} `not-found` for a segment that nobody has defined */
function knownSegment({ rules }: Deps, request: Request): readonly [string, SegmentDefinition] {
  const name = pathText(request, 'segment');
  const names = Object.keys(rules.segments);
  const definition = Object.hasOwn(rules.segments, name) ? rules.segments[name] : undefined;
  if (definition !== undefined) return [name, definition];
  throw new RequestError(
    'not-found',
    'unknown-segment',
    names.length === 0
      ? 'Found no segment of this name; the application has none. Declare it with defineSegment.'
      : `Found no segment of this name; expected one of ${names.join(', ')}.`,
    { segments: names },
  );
}
