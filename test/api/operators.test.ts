import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createSystemActivities, systemQueue } from '../../src/activities/system';
import type { RunningApi } from '../../src/api/server';
import { compose, type Services } from '../../src/compose';
import { startTemporalDevServer } from '../../src/embedded/temporal/temporal-dev-server';
import { systemClock } from '../../src/domain/clock';
import { indexJourneys } from '../../src/enrollments/journey-index';
import { SEARCH_ATTRIBUTES } from '../../src/outbox/relay/search-attributes';
import { createLogger } from '../../src/logger';
import { explainCustomer } from '../../src/reporting/explain';
import { ensureJourneySchedules } from '../../src/system/jobs/ensure-journey-schedules';
import { ensureSystemJobs, scheduleId } from '../../src/system/jobs/ensure-system-jobs';
import type { SystemJob } from '../../src/system/jobs/system-job';
import { startOutboxRelay } from '../../src/roles/relay';
import { sampleApp } from '../journeys/sample-app';
import { temporalCliBinary } from '../support/stack';
import { ADMIN, call, freshDatabase, journeysOf, openApi, READ, SIGNING, WRITE } from './api-world';

// The machine may be busy with other tests.
jest.setTimeout(180_000);

const TASK_QUEUE = 'throughline';

let services: Services;
let client: Client;
let api: RunningApi;
const stops: (() => Promise<unknown>)[] = [];

const SCHEDULED = journeysOf({
  sleepsLong: {
    trigger: { kind: 'schedule', recurrence: '* * * * * *', zone: 'UTC', filter: { plan: 'gold' } },
    reentry: 'never',
  },
});

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(path.join(tmpdir(), 'throughline-operators-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const database = await freshDatabase();
  stops.push(() => database.drop());
  const temporal = await startTemporalDevServer({
    binary: await temporalCliBinary(),
    dbFile: path.join(folder, 'temporal.db'),
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => undefined,
  });
  stops.push(() => temporal.stop());
  services = await compose({
    app: sampleApp,
    databaseUrl: database.url,
    maxConnections: 10,
    clock: systemClock,
    logger: createLogger('error'),
    links: { publicUrl: 'http://shop.example', signingKey: SIGNING },
    variables: { MAIL_FROM: 'Shop <shop@shop.example>' },
    mailboxDirectory: folder,
    processName: 'test',
  });
  stops.push(() => services.close());
  const connection = await Connection.connect({ address: temporal.address });
  stops.push(() => connection.close());
  client = new Client({ connection });
  const native = await NativeConnection.connect({ address: temporal.address });
  stops.push(() => native.close());
  const deps = {
    ...services,
    index: indexJourneys(SCHEDULED),
    client: () => Promise.resolve(client),
    taskQueue: TASK_QUEUE,
  };
  const workers = await Promise.all([
    Worker.create({
      connection: native,
      taskQueue: TASK_QUEUE,
      workflowsPath: sampleApp.workflowsPath,
      activities: { ...services.engineActivities },
    }),
    Worker.create({
      connection: native,
      taskQueue: systemQueue(TASK_QUEUE),
      workflowsPath: require.resolve('../../src/system/workflows'),
      activities: { ...createSystemActivities(deps) },
    }),
  ]);
  const running = workers.map((worker) => worker.run());
  stops.push(async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.allSettled(running);
  });
  const relay = await startOutboxRelay({ ...deps, index: services.index }, { owner: 'test' });
  stops.push(() => relay.stop());
  api = await openApi({
    ...services,
    client: () => Promise.resolve(client),
    keys: { write: WRITE, admin: ADMIN, read: READ },
    topics: sampleApp.catalogue.topics,
    mailboxDirectory: null,
    temporalUiUrl: null,
    namespace: 'default',
    taskQueue: TASK_QUEUE,
    outboxAge: () => 0,
    readiness: () => Promise.resolve([]),
  });
  stops.push(() => api.close());
}, 120_000);

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
}, 60_000);

const get = (address: string, key = ADMIN) => call(local(), 'GET', address, { key });
const post = (address: string, body: unknown = {}) =>
  call(local(), 'POST', address, { key: ADMIN, body });
const local = () => `http://127.0.0.1:${api.port}`;

async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited a minute in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A customer in a journey that sleeps for thirty days, once it sleeps. */
async function sleeper(userId: string, key = ''): Promise<string> {
  await post('/v1/identify', { userId });
  const { json } = await post('/v1/journeys/sleepsLong/enrollments', { userId, key });
  const id: string = json.enrollmentId;
  await until(
    'the journey sleeps',
    async () => (await get(`/v1/enrollments/${id}`)).json.live?.state === 'waiting',
  );
  return id;
}

describe('one enrollment', () => {
  it('is paused, resumed, woken and ended over HTTP', async () => {
    const id = await sleeper('one');
    const shown = await get('/v1/customers/one/enrollments', READ);
    expect(shown.json.enrollments[0].timer).toMatchObject({
      state: 'waiting',
      until: expect.stringMatching(/^20/),
    });
    expect(
      await explainCustomer({ ...services, client: () => Promise.resolve(client) }, 'one'),
    ).toMatch(
      /Active journeys: 1\n.*sleepsLong.*\n {2}waiting: .*until 20\d\d-\d\d-\d\d .* UTC \(in (30|29) d/,
    );

    const paused = await post(`/v1/enrollments/${id}/pause`);
    expect([paused.status, paused.json.status?.state]).toEqual([200, 'paused']);
    expect((await get(`/v1/enrollments/${id}`)).json.pausedAt).not.toBeNull();
    const skipped = await post(`/v1/enrollments/${id}/skip-wait`);
    expect([skipped.status, skipped.json.error?.message]).toEqual([
      409,
      expect.stringMatching(/paused; resume it first/),
    ]);
    expect((await post(`/v1/enrollments/${id}/resume`)).status).toBe(200);
    expect((await post(`/v1/enrollments/${id}/exit`, { reason: 'asked by phone' })).status).toBe(
      200,
    );
    const ended = await until('the end', async () => {
      const { json } = await get(`/v1/enrollments/${id}`);
      return json.status === 'active' ? undefined : json;
    });
    expect(ended).toMatchObject({ status: 'exited', reason: 'asked by phone' });
    expect((await post(`/v1/enrollments/${id}/pause`)).status).toBe(409);
  });

  it('continues after its wait is skipped', async () => {
    const id = await sleeper('two');
    expect((await post(`/v1/enrollments/${id}/skip-wait`)).status).toBe(200);
    await until(
      'the end',
      async () => (await get(`/v1/enrollments/${id}`)).json.status === 'completed',
    );
  });

  it('whose workflow was terminated is reported as not running', async () => {
    const id = await sleeper('three');
    await client.workflow.getHandle(`sleepsLong/${id}`).terminate();
    const answer = await post(`/v1/enrollments/${id}/pause`);
    expect([answer.status, answer.json.error.code]).toEqual([409, 'not-running']);
  });
});

describe('many enrollments', () => {
  it('are updated by a filter, with progress', async () => {
    const keys = ['a', 'a', 'a', 'a', 'b'];
    const ids = await Promise.all(keys.map((key, at) => sleeper(`bulk-${at}`, key)));
    await client.workflow.getHandle(`sleepsLong/${ids[0]}`).terminate();
    const begun = await post('/v1/journeys/sleepsLong/operations', {
      operation: 'pause',
      filter: { key: 'a' },
    });
    expect([begun.status, begun.json]).toEqual([202, { operationId: expect.any(String) }]);
    const done = await until('the operation ends', async () => {
      const { json } = await get(`/v1/operations/${begun.json.operationId}`);
      return json.status === 'completed' ? json : undefined;
    });
    expect(done).toMatchObject({
      done: 3,
      refused: 1,
      failed: 0,
      failures: [{ enrollmentId: ids[0] }],
    });
    const paused = await services.db
      .selectFrom('enrollments')
      .select('key')
      .where('paused_at', 'is not', null)
      .execute();
    expect(paused.map(({ key }) => key)).toEqual(['a', 'a', 'a']);
    const exit = await post('/v1/journeys/sleepsLong/operations', {
      operation: 'exit',
      reason: 'over',
      filter: { paused: true },
    });
    await until(
      'the second ends',
      async () =>
        (await get(`/v1/operations/${exit.json.operationId}`)).json.status === 'completed',
    );
    await until('all have left', async () => {
      const rows = await services.db
        .selectFrom('enrollments')
        .select('id')
        .where('end_reason', '=', 'over')
        .execute();
      return rows.length === 3;
    });
    expect((await get('/v1/operations/none')).status).toBe(404);
    expect((await get('/v1/operations/%00')).status).toBe(400);
  });
});

describe('a schedule', () => {
  it('enrolls customers with matching traits once per occurrence, and follows its declaration', async () => {
    for (const [userId, plan] of [
      ['g1', 'gold'],
      ['g2', 'gold'],
      ['s1', 'silver'],
    ] as const) {
      await post('/v1/identify', { userId, traits: { plan } });
    }
    const index = indexJourneys(SCHEDULED);
    await ensureJourneySchedules(client, index, TASK_QUEUE);
    await ensureJourneySchedules(client, index, TASK_QUEUE);
    const handle = client.workflow.getHandle('schedule/sleepsLong/0');
    const refusals = await until('three occurrences', async () => {
      const rows = await services.db
        .selectFrom('entry_refusals')
        .select(['customer_id', 'event_id'])
        .where('journey', '=', 'sleepsLong')
        .execute();
      return rows.length >= 4 ? rows : undefined;
    });
    expect(new Set(refusals.map((row) => `${row.customer_id} ${row.event_id}`)).size).toBe(
      refusals.length,
    );
    const entered = await services.db
      .selectFrom('enrollments')
      .select('trigger_event_id')
      .where('trigger_event_id', 'like', 'schedule:%')
      .execute();
    expect(entered).toHaveLength(2);
    expect(entered[0]?.trigger_event_id).toMatch(/^schedule:sleepsLong:20\d\d-.*000Z$/);

    const { memo } = await handle.describe();
    const changed = journeysOf({
      sleepsLong: {
        trigger: { kind: 'schedule', recurrence: '0 0 1 1 *', zone: 'Europe/Berlin', filter: {} },
      },
    });
    await ensureJourneySchedules(client, indexJourneys(changed), TASK_QUEUE);
    expect((await handle.describe()).memo).not.toEqual(memo);
    await until('the list of workflows has it', async () => {
      for await (const _ of client.workflow.list({
        query: "WorkflowType = 'scheduleTrigger' and ExecutionStatus = 'Running'",
      }))
        return true;
      return false;
    });
    await ensureJourneySchedules(client, indexJourneys(journeysOf({})), TASK_QUEUE);
    expect((await handle.describe()).status.name).toBe('TERMINATED');
  });

  it('that is invalid is reported before anything is changed', async () => {
    const broken = journeysOf({
      broken: { trigger: { kind: 'schedule', recurrence: 'soon', zone: 'UTC', filter: {} } },
    });
    await expect(ensureJourneySchedules(client, indexJourneys(broken), TASK_QUEUE)).rejects.toThrow(
      /recurrence/,
    );
  });
});

describe('a system job', () => {
  const policy = { ...sampleApp.policy, retention: { events: '800 days' } } as const;
  const ensure = (jobs?: readonly SystemJob[]) =>
    ensureSystemJobs(client, { taskQueue: TASK_QUEUE, policy }, jobs);
  const schedule = (id: string) => client.schedule.getHandle(scheduleId(TASK_QUEUE, id));

  it('ends unconfirmed consents, from one schedule for any number of workers', async () => {
    await post('/v1/identify', { userId: 'slow' });
    const { id } = (await get('/v1/customers/slow')).json;
    const [topic = ''] = sampleApp.catalogue.topics;
    await services.db
      .insertInto('consents')
      .values({
        customer_id: id,
        channel: 'email',
        purpose: topic,
        state: 'pending',
        at: new Date(Date.now() - 31 * 86_400_000),
      })
      .execute();
    await Promise.all([1, 2, 3].map(() => ensure()));
    await schedule('consent-expiry').trigger();
    await until('the consent to expire', async () => {
      const { json } = await get('/v1/customers/slow');
      return json.consents[0].state === 'none';
    });
    const found = await until('the schedules to be listed', async () => {
      const listed: string[] = [];
      for await (const { scheduleId: listedId } of client.schedule.list()) listed.push(listedId);
      return listed.length === 3 && listed;
    });
    expect(found.toSorted()).toEqual(
      ['consent-expiry', 'erasure-reconciliation', 'retention'].map((each) =>
        scheduleId(TASK_QUEUE, each),
      ),
    );
  });

  it('stays paused when a new version changes its spec, and is deleted when a version no longer has it', async () => {
    const job = (id: string, hour: number): SystemJob => ({
      id,
      workflow: 'expireConsents',
      spec: { calendars: [{ hour }] },
      description: 'does nothing',
      runsAtStart: true,
    });
    await ensure([job('kept', 3), job('removed', 4)]);
    await schedule('kept').pause('by an operator');
    const { numActionsTaken } = (await schedule('kept').describe()).info;
    await until('the removed job to be listed, and so deleted', async () => {
      await ensure([job('kept', 5)]);
      return schedule('removed')
        .describe()
        .then(() => false)
        .catch(() => true);
    });
    const { spec, state, info } = await schedule('kept').describe();
    expect(spec.calendars?.[0]).toMatchObject({ hour: [{ start: 5 }] });
    expect(state).toMatchObject({ paused: true, note: 'by an operator' });
    expect(info.numActionsTaken).toBe(numActionsTaken);
  });
});
