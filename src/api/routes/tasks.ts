import { Router, type Request } from 'express';
import { z } from 'zod';
import { taskById, tasksBy, type TaskView } from '../../db/read-models/operations/tasks';
import { RequestError } from '../../domain/errors';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { audit } from '../auth/audit';
import { readBytes } from '../http/read-body';
import { pathText, queryChoice, queryText, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';
import { readPage } from '../http/paging';

const claim = z.object({ assignee: z.string().trim().min(1).max(200) });
const completion = z.object({
  outcome: z.string().trim().min(1).max(200),
  notes: z.string().max(5_000).optional(),
});

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'keys' | 'clock'>;

/** Work for people, such as a call: listed, claimed and completed. */
export function createTaskRoutes(deps: Deps): Router {
  const { db } = deps;
  const router = Router();
  const mayWork = [requireKey(deps.keys, ['operate']), readBytes(64 * 1024)];
  addRoute(router, '/v1/tasks', {
    get: [
      requireKey(deps.keys, ['read']),
      async (request, response) => {
        const status = queryChoice(request, 'status', [
          'open',
          'claimed',
          'completed',
          'cancelled',
        ]);
        const kind = queryText(request, 'kind');
        const journey = queryText(request, 'journey');
        await audit(db, request, null);
        const page = await tasksBy(db, { status, kind, journey }, readPage(request));
        response.json({ tasks: page.items, next: page.next });
      },
    ],
  });
  addRoute(router, '/v1/tasks/:id', {
    get: [
      requireKey(deps.keys, ['read']),
      async (request, response) => {
        response.json(await askedTask(deps, request));
      },
    ],
  });
  addRoute(router, '/v1/tasks/:id/claim', {
    post: [
      ...mayWork,
      async (request, response) => {
        const { assignee } = readInput(request, claim);
        const task = await askedTask(deps, request);
        const claimed = await db
          .updateTable('tasks')
          .set({ status: 'claimed', assignee, claimed_at: deps.clock.now() })
          .where('id', '=', task.id)
          .where('status', '=', 'open')
          .returning('id')
          .executeTakeFirst();
        const now = await knownTask(deps, request);
        // To claim what one has is no mistake: the answer to the first try may have been lost.
        if (claimed === undefined && !(now.status === 'claimed' && now.assignee === assignee)) {
          throw notNow(now, 'claimed');
        }
        response.json(now);
      },
    ],
  });
  addRoute(router, '/v1/tasks/:id/release', {
    post: [
      ...mayWork,
      async (request, response) => {
        const task = await askedTask(deps, request);
        await db
          .updateTable('tasks')
          .set({ status: 'open', assignee: null, claimed_at: null })
          .where('id', '=', task.id)
          .where('status', '=', 'claimed')
          .execute();
        const now = await knownTask(deps, request);
        if (now.status !== 'open') throw notNow(now, 'released');
        response.json(now);
      },
    ],
  });
  addRoute(router, '/v1/tasks/:id/complete', {
    post: [
      ...mayWork,
      async (request, response) => {
        const { outcome, notes } = readInput(request, completion);
        await complete(deps, await askedTask(deps, request), outcome, notes ?? null);
        response.json(await knownTask(deps, request));
      },
    ],
  });
  return router;
}

/** The task and the event that tells its journey: both or neither. */
async function complete(
  { ingest, clock }: Deps,
  task: TaskView,
  outcome: string,
  notes: string | null,
): Promise<void> {
  const now = clock.now();
  await ingest.transact(async (tx, record) => {
    // The event goes first, for the order in which transactions take their locks.
    await record({
      messageId: `task-completed:${task.id}`,
      customerId: task.customerId,
      type: 'track',
      name: 'Task Completed',
      properties: { task_id: task.id, kind: task.kind, outcome },
      at: now,
    });
    const completed = await tx
      .updateTable('tasks')
      .set({ status: 'completed', outcome, notes, completed_at: now })
      .where('id', '=', task.id)
      .where('status', 'in', ['open', 'claimed'])
      .returning('id')
      .executeTakeFirst();
    if (completed !== undefined) return;
    const current = await tx
      .selectFrom('tasks')
      .select(['status', 'assignee', 'outcome'])
      .where('id', '=', task.id)
      .executeTakeFirst();
    throw notNow({ ...task, ...current }, 'completed');
  });
}

/** The task as a request first looks at it, which the audit log notes. */
async function askedTask(deps: Deps, request: Request): Promise<TaskView> {
  const task = await knownTask(deps, request);
  await audit(deps.db, request, task.customerId);
  return task;
}

async function knownTask({ db }: Deps, request: Request): Promise<TaskView> {
  const task = await taskById(db, pathText(request, 'id'));
  if (task !== undefined) return task;
  throw new RequestError(
    'not-found',
    'unknown-task',
    'Found no task of this id; take it from the list of tasks.',
  );
}

function notNow(
  task: Pick<TaskView, 'status' | 'assignee' | 'outcome'>,
  what: string,
): RequestError {
  const state =
    task.status === 'claimed'
      ? `claimed by ${task.assignee ?? 'somebody'}`
      : task.status === 'completed'
        ? `completed (${task.outcome ?? ''})`
        : task.status;
  return new RequestError(
    'conflict',
    'task-state',
    `The task is ${state}, so it cannot be ${what}; choose another one, or have it released first.`,
    { status: task.status, assignee: task.assignee },
  );
}
