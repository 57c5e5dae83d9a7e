import { z } from 'zod';
import { changeConsents, type ConsentChange } from '../../consent/change-consents';
import { heldConsents } from '../../db/read-models/customers/customer-profile';
import { channelKindSchema } from '../../domain/channels/channel-kind';
import { importProblem } from '../../domain/consent/import-rule';
import { isJsonObject, type JsonObject } from '../../domain/json';
import { isTransactional } from '../../domain/purpose';
import { answer } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { document } from '../contract/json-schema';
import { reply, route } from '../contract/route';
import { consent } from '../contract/schemas/customer';
import { CUSTOMER, CUSTOMER_ERRORS, knownCustomer } from '../customers/known-customer';
import { parseStatementTime } from '../customers/parse-statement-time';
import { invalid } from '../http/input';

const MAX_CHANGES = 100;

const change = z
  .strictObject({
    channel: z.union([z.literal('*'), channelKindSchema]),
    purpose: z.string().min(1).max(255).meta({ description: 'A topic, or `*` for all.' }),
    state: z.enum(['none', 'pending', 'subscribed', 'unsubscribed']),
    source: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ examples: ['sign-up form'] }),
    wording: z.string().min(1).max(255).optional().meta({
      description: 'The version of the text that the customer agreed to.',
    }),
    proof: document(z.custom<JsonObject>(isJsonObject, 'expected an object'), {
      type: 'object',
    }).optional(),
    at: z.iso.datetime({ offset: true }).optional().meta({
      description: 'When the customer said so; now where it is left out.',
    }),
  })
  .meta({ id: 'ConsentChange' });

const list = z.strictObject({ consents: z.array(change).min(1).max(MAX_CHANGES) });

/** A single change may be sent without the list. */
const body = z.preprocess(
  (given) => (isJsonObject(given) && !('consents' in given) ? { consents: [given] } : given),
  list,
);

const consents = answer('What holds now.', z.strictObject({ consents: z.array(consent) }));

const GROUP = 'Consent and preferences';

export const getConsents = route({
  method: 'GET',
  path: '/v1/customers/:id/consents',
  id: 'getConsents',
  group: GROUP,
  summary: 'What a customer agreed to',
  roles: ['read'],
  params: CUSTOMER,
  answers: { 200: consents },
  errors: CUSTOMER_ERRORS,
  audit: 'handler',
  handle: async ({ db }, request) => {
    const id = await knownCustomer(db, request);
    return reply(200, { consents: await heldConsents(db, id) });
  },
});

export const putConsents = route({
  method: 'PUT',
  path: '/v1/customers/:id/consents',
  id: 'putConsents',
  group: GROUP,
  summary: 'Record what a customer agreed to or withdrew',
  roles: ['operate'],
  params: CUSTOMER,
  body: jsonBody(body, { maxBytes: 64 * 1024, documented: z.union([change, list]) }),
  answers: { 200: consents },
  errors: CUSTOMER_ERRORS,
  audit: 'handler',
  handle: async (deps, request) => {
    const now = deps.clock.now();
    const changes = request.body.consents.map((each) => toChange(each, deps.topics, now));
    const id = await knownCustomer(deps.db, request);
    await changeConsents(deps, id, changes, now);
    return reply(200, { consents: await heldConsents(deps.db, id) });
  },
});

function toChange(
  given: z.output<typeof change>,
  topics: readonly string[],
  now: Date,
): ConsentChange {
  const { channel, purpose, state } = given;
  if (isTransactional(purpose)) {
    throw invalid(
      "Found a consent for 'transactional', which needs none. Name a topic, or suppress the address to stop transactional messages too.",
    );
  }
  if (purpose !== '*' && !topics.includes(purpose)) {
    throw invalid(
      `Found a consent for an unknown purpose; expected ${['*', ...topics].map((topic) => `'${topic}'`).join(', ')}. Declare the topic in the catalogue, or correct the name.`,
    );
  }
  const problem =
    given.source === 'import'
      ? importProblem({ state, at: given.at, proof: given.proof })
      : undefined;
  if (problem !== undefined) throw invalid(problem);
  return {
    channel,
    purpose,
    state,
    source: given.source ?? 'api',
    wording: given.wording ?? null,
    proof: given.proof ?? {},
    at: parseStatementTime(given.at, now),
  };
}
