import { z } from 'zod';
import { taskById, tasksBy, type TaskView } from '../../db/read-models/operations/tasks';
import { RequestError } from '../../domain/errors';
import { audit } from '../auth/audit';
import { answer, nextCursor } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { pageQuery, pathText, queryChoice, queryText } from '../contract/inputs';
import { reply, route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { task as taskSchema, TASK_STATUSES } from '../contract/schemas/task';

const MAX_BYTES = 64 * 1024;

const id = pathText('The id of the task.');
const taskAnswer = answer('The task as it is now.', taskSchema);
const unknownTask = { 404: ['unknown-task'] } as const;
const changeErrors = { ...unknownTask, 409: ['task-state'] } as const;

export const listTasks = route({
  method: 'GET',
  path: '/v1/tasks',
  id: 'listTasks',
  group: 'Tasks',
  summary: 'Work for people, such as calls, newest first',
  roles: ['read'],
  query: {
    status: queryChoice('Only tasks with this status.', TASK_STATUSES),
    kind: queryText('Only tasks of this kind.'),
    journey: queryText('Only tasks of this journey.'),
    ...pageQuery(),
  },
  answers: {
    200: answer('Tasks.', z.strictObject({ tasks: z.array(taskSchema), next: nextCursor })),
  },
  audit: 'request',
  handle: async ({ db }, { query }) => {
    const { status, kind, journey, ...page } = query;
    const { items, next } = await tasksBy(db, { status, kind, journey }, page);
    return reply(200, { tasks: items, next });
  },
});

export const getTask = route({
  method: 'GET',
  path: '/v1/tasks/:id',
  id: 'getTask',
  group: 'Tasks',
  summary: 'One task',
  roles: ['read'],
  params: { id },
  answers: { 200: taskAnswer },
  errors: unknownTask,
  audit: 'handler',
  handle: async (deps, request) => reply(200, await auditedTask(deps, request)),
});

export const claimTask = route({
  method: 'POST',
  path: '/v1/tasks/:id/claim',
  id: 'claimTask',
  group: 'Tasks',
  summary: 'Claim an open task for somebody',
  description: 'Claiming a task again for the same person changes nothing.',
  roles: ['operate'],
  params: { id },
  body: jsonBody(z.strictObject({ assignee: z.string().trim().min(1).max(200) }), {
    maxBytes: MAX_BYTES,
  }),
  answers: { 200: taskAnswer },
  errors: changeErrors,
  audit: 'handler',
  handle: async (deps, request) => {
    const { assignee } = request.body;
    const task = await auditedTask(deps, request);
    const claimed = await deps.db
      .updateTable('tasks')
      .set({ status: 'claimed', assignee, claimed_at: deps.clock.now() })
      .where('id', '=', task.id)
      .where('status', '=', 'open')
      .returning('id')
      .executeTakeFirst();
    const current = await knownTask(deps, task.id);
    // The answer to an earlier attempt may have been lost.
    if (claimed === undefined && !(current.status === 'claimed' && current.assignee === assignee)) {
      throw wrongState(current, 'claimed');
    }
    return reply(200, current);
  },
});

export const releaseTask = route({
  method: 'POST',
  path: '/v1/tasks/:id/release',
  id: 'releaseTask',
  group: 'Tasks',
  summary: 'Return a claimed task to the open ones',
  roles: ['operate'],
  params: { id },
  answers: { 200: taskAnswer },
  errors: changeErrors,
  audit: 'handler',
  handle: async (deps, request) => {
    const task = await auditedTask(deps, request);
    await deps.db
      .updateTable('tasks')
      .set({ status: 'open', assignee: null, claimed_at: null })
      .where('id', '=', task.id)
      .where('status', '=', 'claimed')
      .execute();
    const current = await knownTask(deps, task.id);
    if (current.status !== 'open') throw wrongState(current, 'released');
    return reply(200, current);
  },
});

export const completeTask = route({
  method: 'POST',
  path: '/v1/tasks/:id/complete',
  id: 'completeTask',
  group: 'Tasks',
  summary: 'Complete a task, which its journey is told',
  roles: ['operate'],
  params: { id },
  body: jsonBody(
    z.strictObject({
      outcome: z.string().trim().min(1).max(200),
      notes: z.string().max(5_000).optional(),
    }),
    { maxBytes: MAX_BYTES },
  ),
  answers: { 200: taskAnswer },
  errors: changeErrors,
  audit: 'handler',
  handle: async (deps, request) => {
    const { outcome, notes } = request.body;
    const task = await auditedTask(deps, request);
    await complete(deps, task, outcome, notes ?? null);
    return reply(200, await knownTask(deps, task.id));
  },
});

/** Updates the task and records the event that its journey waits for: both or neither. */
async function complete(
  { ingest, clock }: RouteDeps,
  task: TaskView,
  outcome: string,
  notes: string | null,
): Promise<void> {
  const now = clock.now();
  await ingest.transact(async (tx, record) => {
    // The event first: every transaction takes its locks in this order.
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
    throw wrongState({ ...task, ...current }, 'completed');
  });
}

async function auditedTask(
  deps: RouteDeps,
  { params, raw }: { params: { readonly id: string }; raw: Parameters<typeof audit>[1] },
): Promise<TaskView> {
  const task = await knownTask(deps, params.id);
  await audit(deps.db, raw, task.customerId);
  return task;
}

async function knownTask({ db }: RouteDeps, taskId: string): Promise<TaskView> {
  const task = await taskById(db, taskId);
  if (task !== undefined) return task;
  throw new RequestError(
    'not-found',
    'unknown-task',
    'Found no task with this id; take the id from the list of tasks.',
  );
}

function wrongState(
  task: Pick<TaskView, 'status' | 'assignee' | 'outcome'>,
  wanted: string,
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
    `The task is ${state}, so it cannot be ${wanted}; choose another task, or have it released first.`,
    { status: task.status, assignee: task.assignee },
  );
}
