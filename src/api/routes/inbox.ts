import { Router, type Request, type Response } from 'express';
import { inboxItem, inboxOf } from '../../db/read-models/customers/inbox';
import { RequestError } from '../../domain/errors';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { pathText, queryChoice } from '../http/input';
import { requireKey } from '../auth/check-key';
import { knownCustomer } from '../customers/known-customer';
import { readPage } from '../http/paging';

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'keys' | 'clock'>;

/** A customer's in-app inbox, for the product that shows it. */
export function createInboxRoutes(deps: Deps): Router {
  const router = Router();
  const mayRead = requireKey(deps.keys, ['read']);
  addRoute(router, '/v1/customers/:id/inbox', {
    get: [
      mayRead,
      async (request, response) => {
        const unreadOnly = queryChoice(request, 'unread', ['true', 'false']) === 'true';
        const asked = { ...readPage(request), unreadOnly };
        const page = await inboxOf(deps.db, await knownCustomer(deps.db, request), asked);
        response.json({ items: page.items, next: page.next });
      },
    ],
  });
  addRoute(router, '/v1/customers/:id/inbox/:itemId/read', {
    post: [mayRead, (request, response) => mark(deps, request, response, true)],
  });
  addRoute(router, '/v1/customers/:id/inbox/:itemId/unread', {
    post: [mayRead, (request, response) => mark(deps, request, response, false)],
  });
  return router;
}

/** The first reading of an item is an opened message; to mark it again tells nothing new. */
async function mark(deps: Deps, request: Request, response: Response, read: boolean) {
  const itemId = pathText(request, 'itemId');
  const customerId = await knownCustomer(deps.db, request);
  if ((await inboxItem(deps.db, customerId, itemId)) === undefined) {
    throw new RequestError(
      'not-found',
      'unknown-item',
      "Found no such item in this customer's inbox; take its id from the list of items.",
    );
  }
  const now = deps.clock.now();
  await deps.ingest.transact(async (tx, record) => {
    if (read) {
      await record({
        messageId: `inbox-read:${itemId}`,
        customerId,
        type: 'track',
        name: 'Message Opened',
        // An item of the inbox has the id of its message.
        properties: { message_id: itemId, channel: 'inapp' },
        at: now,
      });
    }
    await tx
      .updateTable('inbox_items')
      .set({ read_at: read ? now : null })
      .where('id', '=', itemId)
      .where('customer_id', '=', customerId)
      .where('read_at', read ? 'is' : 'is not', null)
      .execute();
  });
  response.json(await inboxItem(deps.db, customerId, itemId));
}
