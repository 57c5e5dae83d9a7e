import { Router, type Request } from 'express';
import { z } from 'zod';
import { quarantined } from '../../db/read-models/operations/quarantined';
import { deadLetters, retryDeadLetters } from '../../outbox/dead-letters';
import { replayQuarantine } from '../../ingest/replay-quarantine';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { idText, invalid, queryLimit, queryText, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';
import { readPage } from '../http/paging';

const MAX_IDS = 1_000;

const replay = z.strictObject({ ids: z.array(idText).min(1).max(MAX_IDS).optional() });

/** Postgres counts rows of the outbox; a client may send the number as a text. */
const rowId = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/, 'expected a number')
      .transform(Number),
  ])
  .refine((id) => Number.isSafeInteger(id) && id > 0, 'expected a positive whole number');
const retry = z.strictObject({ ids: z.array(rowId).min(1).max(MAX_IDS).optional() });

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'keys' | 'clock'>;

/** What was set aside instead of being dropped: to be looked at, and tried again after a fix. */
export function createDeadLetterRoutes(deps: Deps): Router {
  const router = Router();
  const mayRepair = requireKey(deps.keys, ['operate']);
  const body = readBytes(512 * 1024);
  addRoute(router, '/v1/quarantine', {
    get: [
      mayRepair,
      async (request, response) => {
        await audit(deps.db, request, null);
        const page = await quarantined(deps.db, readPage(request));
        response.json({ events: page.items, next: page.next });
      },
    ],
  });
  addRoute(router, '/v1/quarantine/replay', {
    post: [
      mayRepair,
      body,
      async (request, response) => {
        const { ids } = readInput(request, replay);
        await audit(deps.db, request, null);
        response.json(await replayQuarantine(deps, ids));
      },
    ],
  });
  addRoute(router, '/v1/dead-letters', {
    get: [
      mayRepair,
      async (request, response) => {
        const limit = queryLimit(request, 100, 500);
        const rows = await deadLetters(deps.db, { after: rowAfter(request), limit: limit + 1 });
        const next = rows.length > limit ? (rows[limit - 1]?.id ?? null) : null;
        response.json({ rows: rows.slice(0, limit), next });
      },
    ],
  });
  addRoute(router, '/v1/dead-letters/retry', {
    post: [
      mayRepair,
      body,
      async (request, response) => {
        const { ids } = readInput(request, retry);
        await audit(deps.db, request, null);
        response.json({ retried: await retryDeadLetters(deps.db, ids, deps.clock.now()) });
      },
    ],
  });
  return router;
}

function rowAfter(request: Request): number {
  const text = queryText(request, 'after');
  if (text === undefined) return 0;
  if (!/^\d{1,15}$/.test(text)) {
    throw invalid('Found an `after` that is no number; take it from `next` of the answer before.');
  }
  return Number(text);
}
