import { z } from 'zod';
import { preferencesOf } from '../../db/read-models/customers/preferences';
import { channelKindSchema } from '../../domain/channels/channel-kind';
import {
  areQuietHours,
  MAX_PER_WEEK,
  type PreferenceChange,
} from '../../domain/consent/preferences';
import { storePreferences } from '../../consent/change-preferences';
import { answer } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { reply, route } from '../contract/route';
import { bestTime, preferences } from '../contract/schemas/customer';
import { invalid } from '../http/input';
import { CUSTOMER, CUSTOMER_ERRORS, knownCustomer } from '../customers/known-customer';

const MAX_PAUSE_MS = 10 * 365 * 86_400_000;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time such as '21:00'");

const body = z.strictObject({
  channels: z.record(channelKindSchema, z.boolean()).optional(),
  topics: z.record(z.string().min(1).max(255), z.boolean()).optional(),
  maxPerWeek: z.number().int().min(0).max(MAX_PER_WEEK).nullable().optional(),
  digest: z.enum(['daily', 'weekly']).nullable().optional(),
  quietHours: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .refine(({ from, to }) => areQuietHours(from, to), 'expected a start and an end that differ')
    .nullable()
    .optional(),
  bestTime: bestTime.nullable().optional(),
  pausedUntil: z.iso.datetime({ offset: true }).nullable().optional(),
});

const preferencesAnswer = answer('What holds now.', z.strictObject({ preferences }));

const GROUP = 'Consent and preferences';

export const getPreferences = route({
  method: 'GET',
  path: '/v1/customers/:id/preferences',
  id: 'getPreferences',
  group: GROUP,
  summary: 'What a customer would like',
  roles: ['read'],
  params: CUSTOMER,
  answers: { 200: preferencesAnswer },
  errors: CUSTOMER_ERRORS,
  audit: 'handler',
  handle: async ({ db }, request) => {
    const id = await knownCustomer(db, request);
    return reply(200, { preferences: await preferencesOf(db, id) });
  },
});

export const putPreferences = route({
  method: 'PUT',
  path: '/v1/customers/:id/preferences',
  id: 'putPreferences',
  group: GROUP,
  summary: 'Change what a customer would like',
  description:
    'Changes the fields that it names; null clears one. Channels and topics that it does not name stay as they are.',
  roles: ['operate'],
  params: CUSTOMER,
  body: jsonBody(body, { maxBytes: 64 * 1024 }),
  answers: { 200: preferencesAnswer },
  errors: CUSTOMER_ERRORS,
  audit: 'handler',
  handle: async (deps, request) => {
    const now = deps.clock.now();
    const change = toChange(request.body, deps.topics, now);
    const id = await knownCustomer(deps.db, request);
    const changed = await storePreferences(deps, id, change, { source: 'api', now });
    return reply(200, { preferences: changed });
  },
});

function toChange(
  given: z.output<typeof body>,
  topics: readonly string[],
  now: Date,
): PreferenceChange {
  const unknown = Object.keys(given.topics ?? {}).find((topic) => !topics.includes(topic));
  if (unknown !== undefined) {
    throw invalid(
      `Found a preference for an unknown topic; expected ${topics.map((topic) => `'${topic}'`).join(', ')}. Declare the topic in the catalogue, or correct the name.`,
    );
  }
  const { pausedUntil } = given;
  const until = typeof pausedUntil === 'string' ? new Date(pausedUntil) : undefined;
  if (
    until !== undefined &&
    (Number.isNaN(until.getTime()) || until.getTime() > now.getTime() + MAX_PAUSE_MS)
  ) {
    throw invalid(
      'Found a pausedUntil that is not within the next ten years; send an earlier time.',
    );
  }
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(named) as PreferenceChange),
    ...(until !== undefined && { pausedUntil: until.toISOString() }),
  };
}
