import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { sql } from 'kysely';
import type { RunningApi } from '../../src/api/server';
import type { App } from '../../src/app';
import { compose, type Services, type ServiceOptions } from '../../src/compose';
import { startTemporalDevServer } from '../../src/embedded/temporal/temporal-dev-server';
import { systemClock } from '../../src/domain/clock';
import { SEARCH_ATTRIBUTES } from '../../src/outbox/relay/search-attributes';
import { createLogger } from '../../src/logger';
import { dataConverterOf } from '../../src/privacy/codec-from-keys';
import { startOutboxRelay } from '../../src/roles/relay';
import { installTemporalRuntime } from '../../src/roles/temporal-runtime';
import { startWorkers } from '../../src/roles/start-workers';
import { app as shopApp } from '../../src/workflows/app';
import { ADMIN, call, freshDatabase, openApi, READ, WRITE, type Answer } from '../api/api-world';
import { environment, LINKS } from '../support/engine';
import { temporalCliBinary } from '../support/stack';

/** The whole system, with a Temporal server that deletes, lists and schedules. */
export interface PrivacyWorld {
  readonly services: Services;
  readonly client: Client;
  readonly url: string;
  readonly folder: string;
  call(method: string, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Everything that is stored in the database, a line a row, with its table. */
  everyRow(): Promise<readonly string[]>;
  /** Every history that Temporal has, as text, with its payloads readable. */
  everyHistory(): Promise<readonly string[]>;
  everyMail(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export const TASK_QUEUE = 'throughline';

export interface PrivacyWorldOptions {
  readonly app?: App;
  readonly bundle?: 'TEST_SHOP_BUNDLE' | 'TEST_JOURNEYS_BUNDLE';
  readonly settings?: Partial<ServiceOptions>;
  readonly extraArgs?: readonly string[];
}

export async function startPrivacyWorld(options: PrivacyWorldOptions = {}): Promise<PrivacyWorld> {
  const stops: (() => Promise<unknown>)[] = [];
  const logger = createLogger('error');
  installTemporalRuntime('error', logger);
  const folder = await mkdtemp(path.join(tmpdir(), 'throughline-privacy-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const database = await freshDatabase();
  stops.push(() => database.drop());
  const server = await startTemporalDevServer({
    binary: await temporalCliBinary(),
    dbFile: path.join(folder, 'temporal.db'),
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => undefined,
  });
  stops.push(() => server.stop());
  const outbox = path.join(folder, 'mailbox');
  const services = await compose({
    app: options.app ?? shopApp,
    databaseUrl: database.url,
    maxConnections: 10,
    clock: systemClock,
    logger,
    links: LINKS,
    variables: { MAIL_FROM: 'Shop <shop@shop.example>' },
    mailboxDirectory: outbox,
    processName: 'test',
    ...options.settings,
  });
  stops.push(() => services.close());
  const connection = await Connection.connect({ address: server.address });
  stops.push(() => connection.close());
  const { codec } = services;
  const client = new Client({
    connection,
    ...dataConverterOf(codec),
  });
  const connect = () => Promise.resolve(client);
  const native = await NativeConnection.connect({ address: server.address });
  stops.push(() => native.close());
  const connected = { ...services, client: connect, taskQueue: TASK_QUEUE };
  const workers = await startWorkers(connected, {
    connection: native,
    journeys: true,
    workflowBundle: { codePath: environment(options.bundle ?? 'TEST_SHOP_BUNDLE') },
  });
  stops.push(() => workers.stop());
  const relay = await startOutboxRelay(connected, { owner: 'test' });
  stops.push(() => relay.stop());
  const api: RunningApi = await openApi({
    ...services,
    client: connect,
    keys: { write: WRITE, admin: ADMIN, read: READ },
    topics: services.app.catalogue.topics,
    mailboxDirectory: null,
    temporalUiUrl: null,
    namespace: 'default',
    taskQueue: TASK_QUEUE,
    outboxAge: () => 0,
    readiness: () => Promise.resolve([]),
  });
  stops.push(() => api.close());
  const url = `http://127.0.0.1:${api.port}`;
  return {
    services,
    client,
    url,
    folder,
    call: (method, address, body, key = ADMIN) =>
      call(url, method, address, { key, ...(body !== undefined && { body }) }),
    everyRow: () => everyRow(services),
    everyHistory: () => everyHistory(client),
    async everyMail() {
      const names = await readdir(outbox).catch(() => []);
      return Promise.all(names.map((name) => readFile(path.join(outbox, name), 'utf8')));
    },
    async stop() {
      for (const stop of stops.toReversed()) await stop();
    },
  };
}

async function everyRow({ db }: Services): Promise<readonly string[]> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
    order by 1, 2`.execute(db);
  const lines: string[] = [];
  for (const { schema, name } of tables) {
    const table = sql.id(schema, name);
    const { rows } = await sql<{ row: string }>`select t::text as row from ${table} t`.execute(db);
    lines.push(...rows.map(({ row }) => `${name}: ${row}`));
  }
  return lines;
}

async function everyHistory(client: Client): Promise<readonly string[]> {
  const histories: string[] = [];
  for await (const execution of client.workflow.list()) {
    const { workflowId, runId } = execution;
    const described = await client.workflow.getHandle(workflowId, runId).describe();
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(`${workflowId} ${readable(described.raw)} ${readable(history)}`);
  }
  return histories;
}

/** JSON in which bytes stand as the text that they hold; protobuf writes them in base64. */
export function readable(value: unknown): string {
  return JSON.stringify(value, (key, each: unknown) => {
    if (typeof each === 'bigint') return String(each);
    if (key === 'data' && typeof each === 'string') return fromBase64(each);
    if (key !== 'metadata' || typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, text]) => [
        name,
        typeof text === 'string' ? fromBase64(text) : text,
      ]),
    );
  });
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
