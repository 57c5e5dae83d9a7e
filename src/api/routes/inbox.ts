import { z } from 'zod';
import { inboxItem, inboxOf } from '../../db/read-models/customers/inbox';
import { RequestError } from '../../domain/errors';
import { answer, moment, nextCursor } from '../contract/answers';
import { pageQuery, pathText, queryChoice } from '../contract/inputs';
import { reply, route, type Route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { CUSTOMER, CUSTOMER_ERRORS, knownCustomer } from '../customers/known-customer';

const item = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    body: z.string(),
    url: z.string().nullable(),
    createdAt: moment,
    readAt: moment.nullable(),
    read: z.boolean(),
  })
  .meta({ id: 'InboxItem' });

const getInbox = route({
  method: 'GET',
  path: '/v1/customers/:id/inbox',
  id: 'getInbox',
  group: 'Customers',
  summary: 'The in-app inbox of a customer, newest first',
  roles: ['read'],
  params: CUSTOMER,
  query: {
    unread: queryChoice('With `true`, only items that have not been read.', ['true', 'false']),
    ...pageQuery(),
  },
  answers: {
    200: answer('Items.', z.strictObject({ items: z.array(item), next: nextCursor })),
  },
  errors: CUSTOMER_ERRORS,
  audit: 'handler',
  handle: async ({ db }, request) => {
    const { unread, ...page } = request.query;
    const customerId = await knownCustomer(db, request);
    const found = await inboxOf(db, customerId, { ...page, unreadOnly: unread === 'true' });
    return reply(200, { items: found.items, next: found.next });
  },
});

function markRoute(as: 'read' | 'unread'): Route {
  return route({
    method: 'POST',
    path: `/v1/customers/:id/inbox/:itemId/${as}`,
    id: as === 'read' ? 'markInboxItemRead' : 'markInboxItemUnread',
    group: 'Customers',
    summary: `Mark an item of the inbox as ${as}`,
    roles: ['read'],
    params: { ...CUSTOMER, itemId: pathText('The id of the item.') },
    answers: { 200: answer('The item as it is now.', item) },
    errors: { ...CUSTOMER_ERRORS, 404: ['unknown-customer', 'unknown-item'] },
    audit: 'handler',
    handle: async (deps, request) => {
      const { itemId } = request.params;
      const customerId = await knownCustomer(deps.db, request);
      if ((await inboxItem(deps.db, customerId, itemId)) === undefined) throw unknownItem();
      await mark(deps, customerId, itemId, as);
      const marked = await inboxItem(deps.db, customerId, itemId);
      if (marked === undefined) throw unknownItem();
      return reply(200, marked);
    },
  });
}

export const INBOX_ROUTES: readonly Route[] = [getInbox, markRoute('read'), markRoute('unread')];

/** The first time that an item is read counts as an opened message. */
async function mark(
  { ingest, clock }: RouteDeps,
  customerId: string,
  itemId: string,
  as: 'read' | 'unread',
): Promise<void> {
  const now = clock.now();
  const read = as === 'read';
  await ingest.transact(async (tx, record) => {
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
}

function unknownItem(): RequestError {
  return new RequestError(
    'not-found',
    'unknown-item',
    "Found no such item in this customer's inbox; take its id from the list of items.",
  );
}
