import { z } from 'zod';
import { customerProfile } from '../../db/read-models/customers/customer-profile';
import { decisionsOf } from '../../db/read-models/customers/decisions';
import { timelineOf } from '../../db/read-models/customers/timeline';
import { enrollmentsOf } from '../../db/read-models/operations/enrollments';
import { computeProfiles } from '../../profiles/compute-profiles';
import { liveStatuses } from '../../reporting/live-status';
import { answer, nextCursor } from '../contract/answers';
import { pageQuery } from '../contract/inputs';
import { reply, route } from '../contract/route';
import { customer } from '../contract/schemas/customer';
import { enrollmentWithTimer } from '../contract/schemas/enrollment';
import { decision, timelineItem } from '../contract/schemas/history';
import {
  CUSTOMER,
  CUSTOMER_ERRORS,
  knownCustomer,
  unknownCustomer,
} from '../customers/known-customer';

const MAX_TIMELINE_ITEMS = 1_000;
const DEFAULT_TIMELINE_ITEMS = 500;

const READS_CUSTOMER = {
  method: 'GET',
  group: 'Customers',
  roles: ['read'],
  params: CUSTOMER,
  errors: CUSTOMER_ERRORS,
  audit: 'handler',
} as const;

export const getCustomer = route({
  ...READS_CUSTOMER,
  path: '/v1/customers/:id',
  id: 'getCustomer',
  summary: 'Who a customer is, what they did and agreed to',
  answers: { 200: answer('The customer.', customer) },
  handle: async (deps, request) => {
    const { db, rules, clock } = deps;
    const id = await knownCustomer(db, request);
    // Computed now, so that the answer includes every event that was answered before this request.
    const [profile, [computed]] = await Promise.all([
      customerProfile(db, id),
      computeProfiles(db, rules, [id], clock.now()),
    ]);
    if (profile === undefined) throw unknownCustomer(); // erased since it was found
    return reply(200, {
      ...profile,
      computed: computed?.profile.computed ?? null,
      lifecycle: computed?.profile.lifecycle ?? null,
      mood: computed?.profile.mood ?? null,
      context: computed?.profile.context ?? null,
      segments: computed?.segments ?? [],
    });
  },
});

export const getTimeline = route({
  ...READS_CUSTOMER,
  path: '/v1/customers/:id/timeline',
  id: 'getTimeline',
  summary: 'Everything that happened to a customer, newest first',
  query: pageQuery(DEFAULT_TIMELINE_ITEMS, MAX_TIMELINE_ITEMS),
  answers: {
    200: answer(
      'A part of the timeline.',
      z.strictObject({ items: z.array(timelineItem), next: nextCursor }),
    ),
  },
  handle: async ({ db }, request) => {
    const id = await knownCustomer(db, request);
    return reply(200, await timelineOf(db, id, request.query));
  },
});

export const getCustomerEnrollments = route({
  ...READS_CUSTOMER,
  path: '/v1/customers/:id/enrollments',
  id: 'getCustomerEnrollments',
  summary: 'The journeys of a customer, with the next timer of each',
  query: pageQuery(),
  answers: {
    200: answer(
      'Enrollments, newest first.',
      z.strictObject({ enrollments: z.array(enrollmentWithTimer), next: nextCursor }),
    ),
  },
  handle: async ({ db, client }, request) => {
    const id = await knownCustomer(db, request);
    const page = await enrollmentsOf(db, id, request.query);
    const active = page.items.filter(({ status }) => status === 'active');
    const statuses = await liveStatuses(client, active);
    const enrollments = page.items.map((enrollment) => {
      const live = statuses.get(enrollment.id);
      if (live === undefined) return { ...enrollment, timer: null, timerUnknown: null };
      if (!live.known) return { ...enrollment, timer: null, timerUnknown: live.why };
      const { state, waitingFor, until } = live.status;
      return { ...enrollment, timer: { state, waitingFor, until }, timerUnknown: null };
    });
    return reply(200, { enrollments, next: page.next });
  },
});

export const getDecisions = route({
  ...READS_CUSTOMER,
  path: '/v1/customers/:id/decisions',
  id: 'getDecisions',
  summary: 'What was sent to a customer or not, and why',
  query: pageQuery(),
  answers: {
    200: answer(
      'Decisions, newest first.',
      z.strictObject({ decisions: z.array(decision), next: nextCursor }),
    ),
  },
  handle: async ({ db }, request) => {
    const id = await knownCustomer(db, request);
    const { items, next } = await decisionsOf(db, id, request.query);
    return reply(200, { decisions: items, next });
  },
});
