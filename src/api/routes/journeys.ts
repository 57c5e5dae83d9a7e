import { z } from 'zod';
import { newId } from '../../db/new-id';
import { countsByJourney, type JourneyCounts } from '../../db/read-models/operations/enrollments';
import { inTransaction } from '../../db/transaction';
import { RequestError } from '../../domain/errors';
import { requestEntry } from '../../enrollments/request-entry';
import { audit } from '../auth/audit';
import { answer, anyObject } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { pathText } from '../contract/inputs';
import { document } from '../contract/json-schema';
import { reply, route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { customerNamed } from '../customers/known-customer';
import { idText } from '../http/input';
import { describeJourney } from '../operations/describe-journey';

const NO_ENROLLMENTS: JourneyCounts = {
  active: 0,
  paused: 0,
  completed: 0,
  exited: 0,
  failed: 0,
};

/** The journey in a path. */
export const JOURNEY = { journey: pathText('The name of the journey.', 'welcome') };

const count = z.int().min(0);

const journey = z
  .strictObject({
    name: z.string(),
    triggers: z.array(z.string()).meta({ description: 'What lets customers in, in words.' }),
    options: anyObject,
    counts: z.strictObject({
      active: count.meta({ description: 'Paused ones included.' }),
      paused: count,
      completed: count,
      exited: count,
      failed: count,
    }),
  })
  .meta({ id: 'Journey' });

export const listJourneys = route({
  method: 'GET',
  path: '/v1/journeys',
  id: 'listJourneys',
  group: 'Journeys',
  summary: 'The journeys, and how many customers are in each',
  roles: ['read'],
  answers: {
    200: answer('All journeys.', z.strictObject({ journeys: z.array(journey) })),
  },
  audit: 'none',
  handle: async ({ db, index }) => {
    const counts = await countsByJourney(db);
    const journeys = index.names().map((name) => ({
      name,
      ...describeJourney(index.options(name)),
      counts: counts.get(name) ?? NO_ENROLLMENTS,
    }));
    return reply(200, { journeys });
  },
});

/** A text, or a number, which counts as its digits. */
function textOrNumber(text: z.ZodType<string>, maxLength: number, minLength: number) {
  return document(z.union([text, z.number().transform(String)]), {
    anyOf: [{ type: 'string', minLength, maxLength }, { type: 'number' }],
  });
}

const id = textOrNumber(idText, 255, 1);

const optional = {
  key: textOrNumber(z.string().max(255), 255, 0)
    .optional()
    .meta({ description: 'One enrollment for each key.' }),
  data: z
    .record(
      z.string().min(1).max(100),
      z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]),
    )
    .refine((data) => Object.keys(data).length <= 50, 'expected at most 50 values')
    .optional()
    .meta({ description: 'At most 50 values that the journey reads.' }),
  requestId: idText
    .optional()
    .meta({ description: 'A repeated request with the same id has no effect.' }),
};

const entry = z
  .strictObject({
    userId: id.optional(),
    anonymousId: id.optional(),
    customerId: idText.optional(),
    ...optional,
  })
  .refine(
    (body) =>
      [body.userId, body.anonymousId, body.customerId].filter((each) => each !== undefined)
        .length === 1,
    'expected exactly one of userId, anonymousId and customerId',
  );

/** The same, with the rule about the ids in a form that JSON Schema has. */
const documentedEntry = z.union([
  z.strictObject({ userId: id, ...optional }),
  z.strictObject({ anonymousId: id, ...optional }),
  z.strictObject({ customerId: idText, ...optional }),
]);

export const enrollCustomer = route({
  method: 'POST',
  path: '/v1/journeys/:journey/enrollments',
  id: 'enrollCustomer',
  group: 'Journeys',
  summary: 'Let a customer into a journey that is entered by request',
  roles: ['ingest', 'operate'],
  params: JOURNEY,
  body: jsonBody(entry, { maxBytes: 64 * 1024, documented: documentedEntry }),
  answers: {
    200: answer(
      'The customer did not enter, for this reason.',
      z.strictObject({ entered: z.literal(false), reason: z.string() }),
    ),
    201: answer(
      'The customer entered.',
      z.strictObject({ entered: z.literal(true), enrollmentId: z.string() }),
    ),
  },
  errors: {
    404: ['unknown-journey', 'unknown-customer'],
    409: ['not-by-request', 'ambiguous-customer'],
  },
  audit: 'handler',
  handle: async (deps, { params, body, caller, raw }) => {
    const name = knownJourney(deps, params.journey);
    const customerId = await customerNamed(deps.db, referenceIn(body));
    // Requests of product systems are like events: they are not recorded one by one.
    if (caller?.role === 'admin') await audit(deps.db, raw, customerId);
    const entered = await inTransaction(deps.db, (tx) =>
      requestEntry(tx, deps.index, {
        requestId: body.requestId ?? newId(),
        customerId,
        journey: name,
        key: body.key ?? '',
        data: body.data ?? {},
        now: deps.clock.now(),
      }),
    );
    if (entered.entered && entered.enrollmentId !== null) {
      return reply(201, { entered: true, enrollmentId: entered.enrollmentId });
    }
    if (entered.reason === 'not-by-request') {
      throw new RequestError(
        'conflict',
        'not-by-request',
        `The journey '${name}' cannot be entered by request; add onRequest() to its triggers, or send the event that triggers it.`,
      );
    }
    return reply(200, { entered: false, reason: entered.reason });
  },
});

/** @throws {RequestError} `not-found` for a journey that the application does not define */
export function knownJourney({ index }: Pick<RouteDeps, 'index'>, name: string): string {
  const names = index.names();
  if (names.includes(name)) return name;
  throw new RequestError(
    'not-found',
    'unknown-journey',
    `Found no journey with this name; expected one of ${names.join(', ')}.`,
    { journeys: names },
  );
}

function referenceIn(body: z.output<typeof entry>): string {
  if (body.userId !== undefined) return `user_id:${body.userId}`;
  if (body.anonymousId !== undefined) return `anonymous_id:${body.anonymousId}`;
  return body.customerId ?? '';
}
