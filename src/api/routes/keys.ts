import { Router } from 'express';
import { z } from 'zod';
import { allApiKeys } from '../../db/read-models/operations/api-keys';
import { createApiKey, revokeApiKey, rotateApiKey } from '../../db/stores/api-keys';
import { KEY_ROLES } from '../../domain/access/key-role';
import { overlapMs, DEFAULT_OVERLAP } from '../../domain/access/overlap';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import { callerOf } from '../auth/caller';
import { invalid, pathText, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';

const creation = z.strictObject({
  name: z.string().trim().min(1).max(100),
  role: z.enum(KEY_ROLES),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});

const rotation = z.strictObject({ overlap: z.string().max(50).optional() });

type Deps = Pick<ApiDeps, 'db' | 'keys' | 'clock'>;

/** The keys of the database: made, rotated and revoked. A key itself is told once, when it is made. */
export function createKeyRoutes(deps: Deps): Router {
  const { db, clock } = deps;
  const router = Router();
  const mayManage = requireKey(deps.keys, ['admin']);
  const body = readBytes(16 * 1024);
  addRoute(router, '/v1/keys', {
    get: [
      mayManage,
      async (_request, response) => {
        response.json({ keys: await allApiKeys(db, clock.now()) });
      },
    ],
    post: [
      mayManage,
      body,
      async (request, response) => {
        const { name, role, expiresAt } = readInput(request, creation);
        const now = clock.now();
        const end = expiresAt === undefined ? null : endIn(expiresAt, now);
        const createdBy = callerOf(request)?.name ?? '';
        const made = await createApiKey(db, { name, role, createdBy, expiresAt: end }, now);
        response.status(201).json(made);
      },
    ],
  });
  addRoute(router, '/v1/keys/:id/rotate', {
    post: [
      mayManage,
      body,
      async (request, response) => {
        const { overlap } = readInput(request, rotation);
        const given = {
          overlapMs: overlapMs(overlap ?? DEFAULT_OVERLAP),
          createdBy: callerOf(request)?.name ?? '',
        };
        const made = await rotateApiKey(db, pathText(request, 'id'), given, clock.now());
        deps.keys.stored?.forget();
        response.status(201).json(made);
      },
    ],
  });
  addRoute(router, '/v1/keys/:id', {
    delete: [
      mayManage,
      async (request, response) => {
        const revoked = await revokeApiKey(db, pathText(request, 'id'), clock.now());
        deps.keys.stored?.forget();
        response.json(revoked);
      },
    ],
  });
  return router;
}

function endIn(text: string, now: Date): Date {
  const end = new Date(text);
  if (end > now && end.getUTCFullYear() < 2200) return end;
  throw invalid('Found an expiresAt that is past or out of sight; name a moment to come.');
}
