import { Router } from 'express';
import { customerProfile } from '../../db/read-models/customers/customer-profile';
import { decisionsOf } from '../../db/read-models/customers/decisions';
import { enrollmentsOf } from '../../db/read-models/operations/enrollments';
import { timelineOf } from '../../db/read-models/customers/timeline';
import { computeProfiles } from '../../profiles/compute-profiles';
import { liveStatuses } from '../../reporting/live-status';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { requireKey } from '../auth/check-key';
import { knownCustomer } from '../customers/known-customer';
import { readPage } from '../http/paging';
import { eraseHandlers } from './privacy';

/** The most items of a timeline in one answer, and how many there are unless asked otherwise. */
const MAX_ITEMS = 1_000;
const DEFAULT_ITEMS = 500;

type Deps = Pick<ApiDeps, 'db' | 'keys' | 'client' | 'rules' | 'clock'> &
  Parameters<typeof eraseHandlers>[0];

/** What is known of one customer. */
export function createCustomerRoutes(deps: Deps): Router {
  const { db } = deps;
  const router = Router();
  const mayRead = requireKey(deps.keys, ['read']);

  addRoute(router, '/v1/customers/:id', {
    get: [
      mayRead,
      async (request, response) => {
        const id = await knownCustomer(db, request);
        // Computed now, so that an answer tells of each event that was answered before it was asked.
        const [profile, [found]] = await Promise.all([
          customerProfile(db, id),
          computeProfiles(db, deps.rules, [id], deps.clock.now()),
        ]);
        response.json({
          ...profile,
          computed: found?.profile.computed ?? null,
          lifecycle: found?.profile.lifecycle ?? null,
          mood: found?.profile.mood ?? null,
          context: found?.profile.context ?? null,
          segments: found?.segments ?? [],
        });
      },
    ],
    delete: eraseHandlers(deps),
  });
  addRoute(router, '/v1/customers/:id/timeline', {
    get: [
      mayRead,
      async (request, response) => {
        const page = readPage(request, DEFAULT_ITEMS, MAX_ITEMS);
        const id = await knownCustomer(db, request);
        response.json(await timelineOf(db, id, page));
      },
    ],
  });
  addRoute(router, '/v1/customers/:id/enrollments', {
    get: [
      mayRead,
      async (request, response) => {
        const asked = readPage(request);
        const id = await knownCustomer(db, request);
        const page = await enrollmentsOf(db, id, asked);
        const active = page.items.filter(({ status }) => status === 'active');
        const statuses = await liveStatuses(deps.client, active);
        const enrollments = page.items.map((enrollment) => {
          const live = statuses.get(enrollment.id);
          if (live === undefined) return { ...enrollment, timer: null, timerUnknown: null };
          if (!live.known) return { ...enrollment, timer: null, timerUnknown: live.why };
          const { state, waitingFor, until } = live.status;
          return { ...enrollment, timer: { state, waitingFor, until }, timerUnknown: null };
        });
        response.json({ enrollments, next: page.next });
      },
    ],
  });
  addRoute(router, '/v1/customers/:id/decisions', {
    get: [
      mayRead,
      async (request, response) => {
        const asked = readPage(request);
        const id = await knownCustomer(db, request);
        const page = await decisionsOf(db, id, asked);
        response.json({ decisions: page.items, next: page.next });
      },
    ],
  });
  return router;
}
