import { z } from 'zod';
import { allApiKeys } from '../../db/read-models/operations/api-keys';
import { createApiKey, revokeApiKey, rotateApiKey } from '../../db/stores/api-keys';
import { KEY_ROLES } from '../../domain/access/key-role';
import { DEFAULT_OVERLAP, overlapMs } from '../../domain/access/overlap';
import { answer, moment } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { pathText } from '../contract/inputs';
import { reply, route } from '../contract/route';
import { invalid } from '../http/input';

const MAX_BYTES = 16 * 1024;

const fields = {
  id: z.string(),
  name: z.string(),
  role: z.enum(KEY_ROLES),
  prefix: z.string().meta({ description: 'How the key begins.' }),
  state: z.enum(['active', 'ending', 'expired', 'revoked']),
  replaces: z.string().nullable().meta({ description: 'The id of the key that it replaces.' }),
  createdAt: moment,
  createdBy: z.string(),
  lastUsedAt: moment.nullable().meta({ description: 'To the minute.' }),
  expiresAt: moment.nullable(),
  revokedAt: moment.nullable(),
};

const key = z.strictObject(fields).meta({ id: 'ApiKey' });
const newKey = z
  .strictObject({
    ...fields,
    key: z.string().meta({ description: 'The key itself. It is never shown again.' }),
  })
  .meta({ id: 'NewApiKey' });

const params = { id: pathText('The id of the key, or how it begins.') };

export const listKeys = route({
  method: 'GET',
  path: '/v1/keys',
  id: 'listKeys',
  group: 'Keys',
  summary: 'All API keys, newest first, without the keys themselves',
  roles: ['admin'],
  answers: { 200: answer('The keys.', z.strictObject({ keys: z.array(key) })) },
  audit: 'none',
  handle: async ({ db, clock }) => reply(200, { keys: await allApiKeys(db, clock.now()) }),
});

export const createKey = route({
  method: 'POST',
  path: '/v1/keys',
  id: 'createKey',
  group: 'Keys',
  summary: 'Create an API key',
  roles: ['admin'],
  body: jsonBody(
    z.strictObject({
      name: z.string().trim().min(1).max(100),
      role: z.enum(KEY_ROLES),
      expiresAt: z.iso.datetime({ offset: true }).optional(),
    }),
    { maxBytes: MAX_BYTES },
  ),
  answers: { 201: answer('The new key.', newKey) },
  audit: 'none',
  handle: async ({ db, clock }, { body, caller }) => {
    const { name, role } = body;
    const now = clock.now();
    const expiresAt = body.expiresAt === undefined ? null : futureTime(body.expiresAt, now);
    const createdBy = caller?.name ?? '';
    return reply(201, await createApiKey(db, { name, role, createdBy, expiresAt }, now));
  },
});

export const rotateKey = route({
  method: 'POST',
  path: '/v1/keys/:id/rotate',
  id: 'rotateKey',
  group: 'Keys',
  summary: 'Replace an API key; the old one stays valid for a while',
  roles: ['admin'],
  params,
  body: jsonBody(
    z.strictObject({
      overlap: z
        .string()
        .max(50)
        .optional()
        .meta({ description: `How long both are valid; ${DEFAULT_OVERLAP} where left out.` }),
    }),
    { maxBytes: MAX_BYTES },
  ),
  answers: { 201: answer('The new key.', newKey) },
  errors: {
    400: ['invalid-overlap'],
    404: ['unknown-key'],
    409: ['key-ended', 'key-replaced', 'ambiguous-key'],
  },
  audit: 'none',
  handle: async ({ db, clock, keys }, { params: { id }, body, caller }) => {
    const given = {
      overlapMs: overlapMs(body.overlap ?? DEFAULT_OVERLAP),
      createdBy: caller?.name ?? '',
    };
    const made = await rotateApiKey(db, id, given, clock.now());
    keys.stored?.forget();
    return reply(201, made);
  },
});

export const revokeKey = route({
  method: 'DELETE',
  path: '/v1/keys/:id',
  id: 'revokeKey',
  group: 'Keys',
  summary: 'End an API key; it stops working within seconds',
  roles: ['admin'],
  params,
  answers: { 200: answer('The revoked key.', key) },
  errors: { 404: ['unknown-key'], 409: ['ambiguous-key'] },
  audit: 'none',
  handle: async ({ db, clock, keys }, { params: { id } }) => {
    const revoked = await revokeApiKey(db, id, clock.now());
    keys.stored?.forget();
    return reply(200, revoked);
  },
});

function futureTime(text: string, now: Date): Date {
  const time = new Date(text);
  if (time > now && time.getUTCFullYear() < 2200) return time;
  throw invalid('Found an expiresAt in the past or after 2200; send a time in between.');
}
