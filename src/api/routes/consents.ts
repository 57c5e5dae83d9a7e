import { Router } from 'express';
import { z } from 'zod';
import { heldConsents } from '../../db/read-models/customers/customer-profile';
import { channelKindSchema } from '../../domain/channels/channel-kind';
import { isJsonObject, type JsonObject } from '../../domain/json';
import { isTransactional } from '../../domain/purpose';
import { changeConsents, type ConsentChange } from '../../consent/change-consents';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import { invalid, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';
import { knownCustomer } from '../customers/known-customer';
import { parseStatementTime } from '../customers/parse-statement-time';
import { importProblem } from '../../domain/consent/import-rule';

const MAX_CHANGES = 100;

const change = z.object({
  channel: z.union([z.literal('*'), channelKindSchema]),
  purpose: z.string().min(1).max(255),
  state: z.enum(['none', 'pending', 'subscribed', 'unsubscribed']),
  source: z.string().min(1).max(100).optional(),
  wording: z.string().min(1).max(255).optional(),
  proof: z.custom<JsonObject>(isJsonObject, 'expected an object').optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});

/** One change may stand for itself, without the list. */
const body = z.preprocess(
  (given) => (isJsonObject(given) && !('consents' in given) ? { consents: [given] } : given),
  z.object({ consents: z.array(change).min(1).max(MAX_CHANGES) }),
);

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'keys' | 'topics' | 'clock'>;

/** What a customer agreed to or took back, as a product system reports it. */
export function createConsentRoutes(deps: Deps): Router {
  const router = Router();
  addRoute(router, '/v1/customers/:id/consents', {
    get: [
      requireKey(deps.keys, ['read']),
      async (request, response) => {
        const id = await knownCustomer(deps.db, request);
        response.json({ consents: await heldConsents(deps.db, id) });
      },
    ],
    put: [
      requireKey(deps.keys, ['operate']),
      readBytes(64 * 1024),
      async (request, response) => {
        const now = deps.clock.now();
        const { consents } = readInput(request, body);
        const changes = consents.map((each) => toChange(each, deps.topics, now));
        const id = await knownCustomer(deps.db, request);
        await changeConsents(deps, id, changes, now);
        response.json({ consents: await heldConsents(deps.db, id) });
      },
    ],
  });
  return router;
}

function toChange(
  given: z.output<typeof change>,
  topics: readonly string[],
  now: Date,
): ConsentChange {
  const { channel, purpose, state } = given;
  if (isTransactional(purpose)) {
    throw invalid(
      "Found a consent for 'transactional'; such messages ask for none. Name a topic, or suppress the address to stop them too.",
    );
  }
  if (purpose !== '*' && !topics.includes(purpose)) {
    throw invalid(
      `Found a consent for an unknown purpose; expected ${['*', ...topics].map((topic) => `'${topic}'`).join(', ')}. Declare the topic in the catalogue, or mend the name.`,
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
