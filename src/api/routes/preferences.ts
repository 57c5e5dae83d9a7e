import { Router } from 'express';
import { z } from 'zod';
import { preferencesOf } from '../../db/read-models/customers/preferences';
import { channelKindSchema } from '../../domain/channels/channel-kind';
import {
  areQuietHours,
  BEST_TIMES,
  MAX_PER_WEEK,
  type BestTime,
  type PreferenceChange,
} from '../../domain/consent/preferences';
import { storePreferences } from '../../consent/change-preferences';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import { invalid, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';
import { knownCustomer } from '../customers/known-customer';

const MAX_PAUSE_MS = 10 * 365 * 86_400_000;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time such as '21:00'");

const body = z.strictObject({
  channels: z.record(channelKindSchema, z.boolean()).optional(),
  topics: z.record(z.string().min(1).max(255), z.boolean()).optional(),
  maxPerWeek: z.number().int().min(0).max(MAX_PER_WEEK).nullable().optional(),
  digest: z.enum(['daily', 'weekly']).nullable().optional(),
  quietHours: z
    .object({ from: timeOfDay, to: timeOfDay })
    .refine(
      ({ from, to }) => areQuietHours(from, to),
      'expected a beginning and an end that differ',
    )
    .nullable()
    .optional(),
  bestTime: z
    .enum(Object.keys(BEST_TIMES) as [BestTime, ...BestTime[]])
    .nullable()
    .optional(),
  pausedUntil: z.iso.datetime({ offset: true }).nullable().optional(),
});

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'keys' | 'topics' | 'clock'>;

/**
 * What a customer would like. A put changes the fields that it names; null takes one back, and
 * channels and topics that it does not name stay as they are.
 */
export function createPreferenceRoutes(deps: Deps): Router {
  const router = Router();
  addRoute(router, '/v1/customers/:id/preferences', {
    get: [
      requireKey(deps.keys, ['read', 'admin']),
      async (request, response) => {
        const id = await knownCustomer(deps.db, request);
        response.json({ preferences: await preferencesOf(deps.db, id) });
      },
    ],
    put: [
      requireKey(deps.keys, ['operate']),
      readBytes(64 * 1024),
      async (request, response) => {
        const now = deps.clock.now();
        const change = toChange(readInput(request, body), deps.topics, now);
        const id = await knownCustomer(deps.db, request);
        const preferences = await storePreferences(deps, id, change, { source: 'api', now });
        response.json({ preferences });
      },
    ],
  });
  return router;
}

function toChange(
  given: z.output<typeof body>,
  topics: readonly string[],
  now: Date,
): PreferenceChange {
  const unknown = Object.keys(given.topics ?? {}).find((topic) => !topics.includes(topic));
  if (unknown !== undefined) {
    throw invalid(
      `Found a preference for an unknown topic; expected ${topics.map((topic) => `'${topic}'`).join(', ')}. Declare the topic in the catalogue, or mend the name.`,
    );
  }
  const { pausedUntil } = given;
  const until = typeof pausedUntil === 'string' ? new Date(pausedUntil) : undefined;
  if (
    until !== undefined &&
    (Number.isNaN(until.getTime()) || until.getTime() > now.getTime() + MAX_PAUSE_MS)
  ) {
    throw invalid('Found a pausedUntil that is no moment in the next ten years; send one that is.');
  }
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(named) as PreferenceChange),
    ...(until !== undefined && { pausedUntil: until.toISOString() }),
  };
}
