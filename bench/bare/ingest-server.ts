import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { Pool } from 'pg';
import { answerCalls } from '../stage/answer-calls';

// The bare limit of ingest: what Express and Postgres can do when nobody reads, resolves or routes.

export interface BareIngestSettings {
  readonly databaseUrl: string;
  readonly maxConnections: number;
  readonly writeKey: string;
}

export interface BareIngestFacts {
  readonly port: number;
}

interface Call {
  readonly messageId: string;
  readonly userId: string;
  readonly type?: string;
  readonly event: string;
  readonly properties: object;
  readonly timestamp: string;
}

const TABLE = `create table if not exists events (
  message_id text primary key,
  user_id text not null,
  type text not null,
  name text not null,
  properties jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null
)`;

const INSERT = `insert into events
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[],
    $6::timestamptz[], $7::timestamptz[])
  on conflict do nothing`;

async function main(settings: BareIngestSettings): Promise<void> {
  const pool = new Pool({
    connectionString: settings.databaseUrl,
    max: settings.maxConnections,
  });
  await pool.query(TABLE);

  async function store(calls: readonly Call[]): Promise<void> {
    const now = new Date().toISOString();
    await pool.query({
      name: 'store',
      text: INSERT,
      values: [
        calls.map((call) => call.messageId),
        calls.map((call) => call.userId),
        calls.map((call) => call.type ?? 'track'),
        calls.map((call) => call.event),
        calls.map((call) => JSON.stringify(call.properties)),
        calls.map((call) => call.timestamp),
        calls.map(() => now),
      ],
    });
  }

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(checkKey(settings.writeKey), express.json({ limit: '500kb' }));
  app.post('/v1/track', async (request, response) => {
    await store([request.body as Call]);
    response.json({ success: true });
  });
  app.post('/v1/batch', async (request, response) => {
    await store((request.body as { readonly batch: readonly Call[] }).batch);
    response.json({ success: true });
  });
  const server = createServer(app);
  server.listen(0, '127.0.0.1', () => {
    answerCalls({}, { port: (server.address() as AddressInfo).port });
  });
}

function checkKey(key: string): RequestHandler {
  const expected = Buffer.from(`Bearer ${key}`);
  return (request, response, next) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === expected.length && timingSafeEqual(given, expected)) next();
    else response.status(401).json({ success: false });
  };
}

void main(JSON.parse(process.argv[2] ?? '{}') as BareIngestSettings);
