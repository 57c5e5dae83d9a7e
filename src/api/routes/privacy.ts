import { z } from 'zod';
import {
  privacyRequest,
  privacyRequests,
  retentionRuns,
} from '../../db/read-models/operations/privacy-requests';
import { auditLog } from '../../db/read-models/operations/audit-log';
import { RequestError } from '../../domain/errors';
import { answer, anyObject, moment, nextCursor } from '../contract/answers';
import { pageQuery, pathText, queryText } from '../contract/inputs';
import { reply, route } from '../contract/route';
import { CUSTOMER_ERRORS, customerNamed } from '../customers/known-customer';

const MAX_RUNS = 50;

const privacyRequestSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['export', 'erase']),
    source: z.string(),
    status: z.enum(['open', 'running', 'done']),
    requestedAt: moment,
    doneAt: moment.nullable(),
    result: anyObject.meta({ description: 'Rows by table, and the executions that were deleted.' }),
  })
  .meta({ id: 'PrivacyRequest' });

export const listPrivacyRequests = route({
  method: 'GET',
  path: '/v1/privacy/requests',
  id: 'listPrivacyRequests',
  group: 'Privacy',
  summary: 'Exports and erasures, newest first',
  roles: ['admin'],
  query: pageQuery(),
  answers: {
    200: answer(
      'Requests.',
      z.strictObject({ requests: z.array(privacyRequestSchema), next: nextCursor }),
    ),
  },
  audit: 'none',
  handle: async ({ db }, { query }) => {
    const { items, next } = await privacyRequests(db, query);
    return reply(200, { requests: items, next });
  },
});

export const getPrivacyRequest = route({
  method: 'GET',
  path: '/v1/privacy/requests/:id',
  id: 'getPrivacyRequest',
  group: 'Privacy',
  summary: 'How far an export or an erasure is',
  roles: ['admin'],
  params: { id: pathText('The id of the request.') },
  answers: { 200: answer('The request.', privacyRequestSchema) },
  errors: { 404: ['unknown-request'] },
  audit: 'none',
  handle: async ({ db }, { params }) => {
    const found = await privacyRequest(db, params.id);
    if (found !== undefined) return reply(200, found);
    throw new RequestError(
      'not-found',
      'unknown-request',
      'Found no request with this id; take it from the answer that started it, or from the list.',
    );
  },
});

const period = z.union([z.string(), z.number()]).nullable();

export const getRetention = route({
  method: 'GET',
  path: '/v1/privacy/retention',
  id: 'getRetention',
  group: 'Privacy',
  summary: 'How long data is kept, and what was deleted for its age',
  roles: ['admin'],
  answers: {
    200: answer(
      'The periods and the latest runs.',
      z.strictObject({
        periods: z.strictObject({ events: period, messages: period }),
        runs: z.array(
          z.strictObject({ at: moment, kind: z.string(), until: moment, detail: anyObject }),
        ),
      }),
    ),
  },
  audit: 'none',
  handle: async ({ db, retention }) => {
    const { events = null, messages = null } = retention ?? {};
    return reply(200, { periods: { events, messages }, runs: await retentionRuns(db, MAX_RUNS) });
  },
});

const auditEntry = z
  .strictObject({
    id: z.string(),
    at: moment,
    actor: z.string(),
    role: z.string(),
    action: z.string(),
    customerId: z.string().nullable(),
    detail: anyObject,
  })
  .meta({ id: 'AuditEntry' });

export const listAuditLog = route({
  method: 'GET',
  path: '/v1/audit',
  id: 'listAuditLog',
  group: 'Privacy',
  summary: 'Who read or changed what, newest first',
  roles: ['admin'],
  query: {
    customer: queryText('Only entries about this customer, by any of their ids.'),
    actor: queryText('Only entries of the key with this name.'),
    ...pageQuery(),
  },
  answers: {
    200: answer('Entries.', z.strictObject({ entries: z.array(auditEntry), next: nextCursor })),
  },
  errors: CUSTOMER_ERRORS,
  audit: 'none',
  handle: async ({ db }, { query }) => {
    const { customer, actor, ...page } = query;
    const customerId = customer === undefined ? undefined : await customerNamed(db, customer);
    const { items, next } = await auditLog(db, { customerId, actor }, page);
    return reply(200, { entries: items, next });
  },
});
