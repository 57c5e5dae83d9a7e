import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { PERSONAL_TABLES, IMPERSONAL_TABLES } from '../../src/privacy/personal-data';
import { ADMIN, basic, READ, startApiWorld, WRITE, type ApiWorld } from '../api/api-world';

let world: ApiWorld;
let folder: string;

beforeAll(async () => {
  world = await startApiWorld();
  folder = mkdtempSync(path.join(tmpdir(), 'throughline-export-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.stop();
});

/** Downloads an export and unpacks it by Python's reader of ZIP files. */
async function exported(reference: string, method = 'GET'): Promise<Map<string, string>> {
  const file = path.join(folder, 'export.zip');
  writeFileSync(file, await download(method, `/v1/customers/${reference}/export`));
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps({name: z.read(name).decode('utf-8-sig') for name in z.namelist()}))`;
  const out = execFileSync('python3', ['-c', script, file], { maxBuffer: 1 << 28 });
  return new Map(Object.entries(JSON.parse(out.toString()) as Record<string, string>));
}

function download(method: string, address: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${world.url}${address}`, {
      method,
      headers: { authorization: basic(READ) },
    });
    request.on('response', (response) => {
      expect(response.headers['content-type']).toBe('application/zip');
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    request.on('error', reject);
    request.end();
  });
}

it('gives all that is stored, as JSON and as CSV by table', async () => {
  const batch = Array.from({ length: 1_200 }, (_, at) => ({
    type: 'track',
    userId: 'ada',
    event: 'Walked',
    properties: { step: at, note: at === 7 ? '=HYPERLINK("http://evil.example")' : 'a "b", c' },
  }));
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId: 'ada', traits: { email: 'ada@shop.example', first_name: '=1+1' } },
  });
  await world.call('POST', '/v1/batch', { key: WRITE, body: { batch } });
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId: 'bob', traits: { email: 'bob@shop.example' } },
  });
  const files = await exported('ada');
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['about.json', 'events.json', 'events.csv', 'customers.csv']),
  );
  const events = JSON.parse(files.get('events.json') ?? '') as { properties: object }[];
  expect(events).toHaveLength(1_201);
  expect(events[8]?.properties).toMatchObject({ step: 7 });
  const rows = parse<Record<string, string>>(files.get('events.csv') ?? '', { columns: true });
  expect(rows).toHaveLength(1_201);
  expect(JSON.parse(rows[9]?.['properties'] ?? '')).toMatchObject({ note: 'a "b", c' });
  const about = JSON.parse(files.get('about.json') ?? '') as { rows: Record<string, number> };
  expect(about.rows).toMatchObject({ events: 1_201, identifiers: 2, customers: 1 });
  expect([...files.values()].join('\n')).not.toContain('bob@shop.example');
});

it('lets no cell of a CSV be taken for a formula', async () => {
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId: '=cmd|calc', traits: {} },
  });
  const files = await exported(encodeURIComponent('user_id:=cmd|calc'), 'POST');
  const [row] = parse<{ value: string }>(files.get('identifiers.csv') ?? '', { columns: true });
  expect(row?.value).toBe("'=cmd|calc");
  const [stored] = JSON.parse(files.get('identifiers.json') ?? '') as { value: string }[];
  expect(stored?.value).toBe('=cmd|calc');
});

it('is noted as a request that was done, and in the audit log', async () => {
  await exported('ada');
  const { json } = await world.call('GET', '/v1/privacy/requests', { key: ADMIN });
  expect(json.requests[0]).toMatchObject({ kind: 'export', source: 'api', status: 'done' });
  const log = await world.call('GET', '/v1/audit?customer=ada', { key: ADMIN });
  expect(log.json.entries[0]).toMatchObject({
    action: 'GET /v1/customers/:id/export',
    role: 'read',
  });
  expect((await world.call('GET', '/v1/customers/nobody/export', { key: READ })).status).toBe(404);
});

it('knows every table and every column of the database', async () => {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'
      and table_name not like 'events\\_20%'`.execute(world.deps.db);
  const known = new Set<string>([...Object.keys(PERSONAL_TABLES), ...IMPERSONAL_TABLES]);
  expect([...new Set(rows.map(({ table }) => table))].toSorted()).toEqual([...known].toSorted());
  for (const [table, { erasure }] of Object.entries(PERSONAL_TABLES)) {
    if (typeof erasure === 'string') continue;
    const columns = rows.filter((row) => row.table === table).map(({ column }) => column);
    expect([table, ...columns.toSorted()]).toEqual([table, ...Object.keys(erasure).toSorted()]);
  }
});
