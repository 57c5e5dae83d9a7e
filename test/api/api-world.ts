import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { z } from 'zod';
import { createApi, listen, type ApiDeps, type RunningApi } from '../../src/api/server';
import { connect, type Connection } from '../../src/db/connect';
import { createEventMonths } from '../../src/db/event-months';
import { migrateToLatest } from '../../src/db/migrate';
import { standardEvents } from '../../src/domain/events';
import { engineEvents } from '../../src/domain/events/engine';
import { createIngest, type Ingest } from '../../src/ingest/ingest';
import { indexJourneys, type JourneyIndex } from '../../src/enrollments/journey-index';
import { indexChanges } from '../../src/profiles/change-index';
import type { JourneyWorkflow } from '../../src/journey/define-journey';
import type { Segments } from '../../src/domain/segments/condition';
import type { JourneyOptions } from '../../src/journey/options';
import type { CatalogueShape } from '../../src/journey/register';
import { shopEvents } from '../../src/workflows/events';
import { createAddressHasher } from '../../src/db/stores/address-hash';
import { createLogger } from '../../src/logger';
import { cloneDatabase, createTemplateDatabase, startTestPostgres } from '../support/stack';

export const WRITE = 'write_0123456789';
export const ADMIN = 'admin_0123456789';
export const READ = 'read_0123456789';
export const SIGNING = 'a-signing-key-for-tests-of-32-chars!';

const TEMPLATE = 'throughline_template';

/** The whole HTTP API on a port of its own, with a database of its own and no Temporal. */
export interface ApiWorld {
  readonly url: string;
  readonly connection: Connection;
  readonly databaseUrl: string;
  readonly deps: ApiDeps;
  readonly ingest: Ingest;
  readonly index: JourneyIndex;
  /** The present time of the API; it stands still unless a test moves it. */
  readonly time: { now: Date };
  /** The catalogue's events, which a test may change as a deployment would. */
  readonly events: Record<string, z.ZodType>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects
  readonly json: any;
}

/** Journeys as routing reads them; no workflow runs here. */
export function journeysOf(
  options: Readonly<Record<string, JourneyOptions>>,
): ReadonlyMap<string, JourneyWorkflow> {
  const workflow = () => Promise.resolve({ status: 'completed' as const, reason: '' });
  return new Map(
    Object.entries(options).map(([name, each]) => [
      name,
      Object.assign(() => workflow(), { options: each }),
    ]),
  );
}

const JOURNEYS: Readonly<Record<string, JourneyOptions>> = {
  onDemand: { trigger: { kind: 'request' }, purpose: 'offers' },
  onOrder: { trigger: { kind: 'event', event: 'Order Completed' } },
  keyed: {
    trigger: { kind: 'event', event: 'Keyed', key: (event) => event.properties['key'] as string },
  },
};

/** Segments as the API shows them; a test that wants members starts a follower. */
const SEGMENTS: Segments = {
  buyers: {
    description: 'Has ordered.',
    where: {
      kind: 'event',
      event: 'Order Completed',
      where: {},
      atLeast: 1,
      atMost: null,
      within: null,
    },
  },
};

export async function startApiWorld(
  changes: Partial<ApiDeps> = {},
  journeys = journeysOf(JOURNEYS),
): Promise<ApiWorld> {
  const database = await freshDatabase();
  const connection = connect(database.url, 8);
  const time = { now: new Date('2026-03-02T10:00:00Z') };
  const clock = { now: () => time.now };
  const events: Record<string, z.ZodType> = {
    ...standardEvents,
    ...engineEvents,
    ...shopEvents,
  };
  const catalogue: CatalogueShape = {
    events,
    templates: {},
    experiments: {},
    flags: {},
    topics: ['offers', 'newsletter'],
    traits: z.looseObject({}),
  };
  const { db } = connection;
  const index = indexJourneys(journeys);
  const ensureMonth = createEventMonths(db);
  const ingest = createIngest({
    db,
    catalogue,
    index,
    changes: indexChanges(SEGMENTS),
    clock,
    ensureMonth,
  });
  const deps: ApiDeps = {
    db,
    ingest,
    index,
    rules: { segments: SEGMENTS, limits: {}, defaultZone: 'UTC' },
    clock,
    client: () => Promise.reject(new Error('failed to connect: there is no Temporal here')),
    keys: { write: WRITE, admin: ADMIN, read: READ },
    links: { publicUrl: 'http://shop.example', signingKey: SIGNING },
    topics: catalogue.topics,
    erasure: {
      db,
      clock,
      hasher: createAddressHasher([SIGNING]),
      declared: new Set(Object.keys(events)),
    },
    mailboxDirectory: null,
    temporalUiUrl: null,
    namespace: 'default',
    taskQueue: 'throughline',
    readiness: () => Promise.resolve([]),
    outboxAge: () => 0,
    logger: createLogger('silent'),
    ...changes,
  };
  const api = await openApi(deps);
  const url = `http://127.0.0.1:${api.port}`;
  return {
    url,
    connection,
    databaseUrl: database.url,
    deps,
    ingest,
    index,
    time,
    events,
    call: (method, path, options) => call(url, method, path, options),
    async stop() {
      await api.close();
      await connection.close();
      await database.drop();
    },
  };
}

/** Opens the API. Closing it throws where an answer did not fit the declaration of its route. */
export async function openApi(deps: ApiDeps): Promise<RunningApi> {
  const problems = new Set<string>();
  const app = createApi(deps, { onUndeclaredAnswer: (problem) => problems.add(problem) });
  const running = await listen(app, { port: 0, host: '127.0.0.1', portVariable: 'PORT' });
  return {
    ...running,
    async close() {
      await running.close();
      if (problems.size > 0) throw new Error(`Undeclared answers:\n${[...problems].join('\n')}`);
    },
  };
}

/** Calls the API; the path goes out as it is written, unlike with `fetch`. */
export async function call(
  url: string,
  method: string,
  path: string,
  { key, body, headers = {} }: CallOptions = {},
): Promise<Answer> {
  const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const target = new URL(url);
  const request = httpRequest({
    host: target.hostname,
    port: target.port,
    method,
    path,
    agent: false,
    headers: {
      ...(sent !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(sent)),
      }),
      ...(key !== undefined && { authorization: basic(key) }),
      ...headers,
    },
  });
  request.end(sent);
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(response.headers as Record<string, string>),
    text,
    json: /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : undefined,
  };
}

export function basic(key: string): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

/** A copy of the run's template database; a Postgres of its own where no run has started one. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const shared = process.env['TEST_POSTGRES_URL'];
  if (shared !== undefined) return cloneDatabase(shared, TEMPLATE);
  const postgres = await startTestPostgres();
  await createTemplateDatabase(postgres.url, TEMPLATE, async (url) => {
    const connection = connect(url, 2);
    await migrateToLatest(connection.db);
    await connection.close();
  });
  const database = await cloneDatabase(postgres.url, TEMPLATE);
  return { url: database.url, drop: () => postgres.stop() };
}

/** An open task on the desk, as a running journey leaves it. */
export async function openTask(
  { deps, time }: ApiWorld,
  task: {
    readonly id: string;
    readonly customerId: string;
    readonly enrollmentId: string;
    readonly kind?: string;
  },
): Promise<void> {
  await deps.db
    .insertInto('tasks')
    .values({
      id: task.id,
      customer_id: task.customerId,
      enrollment_id: task.enrollmentId,
      journey: 'onDemand',
      kind: task.kind ?? 'call',
      title: 'Call Ada',
      details: '{}',
      status: 'open',
      assignee: null,
      outcome: null,
      notes: null,
      created_at: time.now,
    })
    .execute();
}
