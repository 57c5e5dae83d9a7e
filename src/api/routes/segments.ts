import { z } from 'zod';
import { freshness, segmentMembers, segmentStates } from '../../db/read-models/operations/segments';
import { RequestError } from '../../domain/errors';
import type { SegmentDefinition } from '../../domain/segments/condition';
import { describeCondition } from '../../domain/segments/describe-segment';
import { answer, moment, nextCursor } from '../contract/answers';
import { pageQuery, pathText } from '../contract/inputs';
import { reply, route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';

const SAMPLE_SIZE = 10;

const fields = {
  name: z.string(),
  description: z.string().nullable(),
  condition: z.string().meta({ description: 'The definition in words.' }),
  count: z.int().min(0),
  definedAt: moment.nullable(),
  filledAt: moment.nullable(),
  filling: z.boolean().meta({ description: 'Whether existing customers are still being checked.' }),
};

const lag = z
  .strictObject({
    waiting: z.int().min(0),
    oldestAt: moment.nullable(),
    failed: z.int().min(0),
  })
  .meta({ id: 'Freshness', description: 'How far segments and profiles lag behind the events.' });

const member = z
  .strictObject({ customerId: z.string(), userId: z.string().nullable(), enteredAt: moment })
  .meta({ id: 'SegmentMember' });

const segment = { segment: pathText('The name of the segment.') };
const errors = { 404: ['unknown-segment'] } as const;

export const listSegments = route({
  method: 'GET',
  path: '/v1/segments',
  id: 'listSegments',
  group: 'Segments',
  summary: 'The segments, and how many customers are in each',
  roles: ['read'],
  answers: {
    200: answer(
      'All segments.',
      z.strictObject({
        segments: z.array(z.strictObject(fields).meta({ id: 'Segment' })),
        freshness: lag,
      }),
    ),
  },
  audit: 'none',
  handle: async (deps) => {
    const segments = await describeSegments(deps, Object.keys(deps.rules.segments));
    return reply(200, { segments, freshness: await freshness(deps.db) });
  },
});

export const getSegment = route({
  method: 'GET',
  path: '/v1/segments/:segment',
  id: 'getSegment',
  group: 'Segments',
  summary: 'One segment: its definition and a sample of its members',
  roles: ['read'],
  params: segment,
  answers: {
    200: answer(
      'The segment.',
      z.strictObject({
        ...fields,
        definition: z.unknown().meta({ description: 'The condition as data.' }),
        sample: z.array(member),
        freshness: lag,
      }),
    ),
  },
  errors,
  audit: 'none',
  handle: async (deps, { params }) => {
    const definition = knownSegment(deps, params.segment);
    const [described] = await describeSegments(deps, [params.segment]);
    if (described === undefined) throw unknownSegment(deps);
    const first = { limit: SAMPLE_SIZE, before: undefined };
    const { items } = await segmentMembers(deps.db, params.segment, first);
    return reply(200, {
      ...described,
      definition: definition.where,
      sample: items,
      freshness: await freshness(deps.db),
    });
  },
});

export const listSegmentMembers = route({
  method: 'GET',
  path: '/v1/segments/:segment/members',
  id: 'listSegmentMembers',
  group: 'Segments',
  summary: 'Who is in a segment, the latest first',
  roles: ['read'],
  params: segment,
  query: pageQuery(),
  answers: {
    200: answer('Members.', z.strictObject({ members: z.array(member), next: nextCursor })),
  },
  errors,
  audit: 'none',
  handle: async (deps, { params, query }) => {
    knownSegment(deps, params.segment);
    const { items, next } = await segmentMembers(deps.db, params.segment, query);
    return reply(200, { members: items, next });
  },
});

async function describeSegments({ db, rules }: RouteDeps, names: readonly string[]) {
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

/** @throws {RequestError} `not-found` for a segment that the application does not define */
function knownSegment(deps: RouteDeps, name: string): SegmentDefinition {
  const { segments } = deps.rules;
  const definition = Object.hasOwn(segments, name) ? segments[name] : undefined;
  if (definition === undefined) throw unknownSegment(deps);
  return definition;
}

function unknownSegment({ rules }: RouteDeps): RequestError {
  const names = Object.keys(rules.segments);
  return new RequestError(
    'not-found',
    'unknown-segment',
    names.length === 0
      ? 'Found no segment with this name; the application has none. Declare it with defineSegment.'
      : `Found no segment with this name; expected one of ${names.join(', ')}.`,
    { segments: names },
  );
}
