import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { guarded, unguarded, valueOfCell } from '../../src/transfer/tabular/cell';
import { delimiterOf } from '../../src/transfer/tabular/delimiter';
import { exportTable } from '../../src/transfer/export/export-table';
import type { ExportFilter } from '../../src/transfer/export/exported-table';
import { formatOf, type Format } from '../../src/transfer/export/row-format';
import { EXPORTED, type ExportKind } from '../../src/transfer/export/tables';
import { startImportWorld, type ImportWorld } from './import-world';

let here: ImportWorld;
let there: ImportWorld;

beforeAll(async () => {
  [here, there] = await Promise.all([startImportWorld(), startImportWorld()]);
});
afterAll(() => Promise.all([here.stop(), there.stop()]));

async function exported(
  kind: ExportKind,
  filter: ExportFilter = {},
  format: Format = 'csv',
  world = here,
): Promise<string> {
  const out = new PassThrough({ highWaterMark: 10 });
  const all = textOf(out);
  await exportTable(world.deps.db, EXPORTED[kind], out, {
    filter,
    format,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  out.end();
  return all;
}

const send = (path: string, body: object) =>
  here.call('POST', path, { key: here.deps.keys.admin, body });

describe('a cell', () => {
  it('is guarded against being taken for a formula, and says the same again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[=+\-@\t\r']{1,4}.*$/)), (value) => {
        expect(guarded(value)).not.toMatch(/^[=+\-@\t\r]/);
        expect(unguarded(guarded(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['', undefined],
    ['5', 5],
    ['-5.50', -5.5],
    ['0', 0],
    ['0.1', 0.1],
    ['true', true],
    ['TRUE', 'TRUE'],
    ['007', '007'],
    ['+49 30', '+49 30'],
    ['1e5', '1e5'],
    ['1,5', '1,5'],
    ['.5', '.5'],
    ['-0', '-0'],
    ['12345678901234567', '12345678901234567'],
    ['123456789012345', 123456789012345],
    ['11.120000000000001', 11.120000000000001],
    ['0.1234567890123456789', '0.1234567890123456789'],
    [' 5', ' 5'],
    ['{"a":[1]}', { a: [1] }],
    ['[draft] hello', '[draft] hello'],
    ["'=1+1", '=1+1'],
    ["it's", "it's"],
    ['NaN', 'NaN'],
    ['null', 'null'],
  ])('%j means %j', (cell, value) => {
    expect(valueOfCell(cell)).toEqual(value);
  });

  it('is parted from the next by what the header was written with', () => {
    expect(delimiterOf('a;b;"c,d,e,f"\n1,2,3,4,5')).toBe(';');
    expect(delimiterOf('a\tb')).toBe('\t');
    expect(delimiterOf('only')).toBe(',');
  });
});

describe('an export', () => {
  const tricky = [
    "=cmd|' /C calc'!A0",
    '+49 30 123',
    '-5',
    '@x',
    "'quoted",
    "'=twice",
    'semi;colon, comma\tand tab',
    'two\nlines and "quotes"',
    '007',
    '5',
    'true',
    '{"no":"json',
    '🦜 ünïcode',
  ];

  it('is imported again as it was: customers, events and consents', async () => {
    for (const [at, value] of tricky.entries()) {
      const userId = `${at % 2 === 0 ? '' : '='}user-${at}`;
      await send('/v1/identify', {
        userId,
        anonymousId: `+device-${at}`,
        traits: {
          email: `u${at}@shop.example`,
          phone: `+49${at}`,
          note: value,
          n: at,
          nested: { value },
        },
        context: { timezone: 'Europe/Berlin', locale: 'de' },
      });
      await send('/v1/track', {
        userId,
        event: `Event ${value}`.slice(0, 60),
        properties: { value, number: 1.5, text: '1.5', list: [value] },
        timestamp: `2026-01-${10 + at}T10:00:00.123Z`,
      });
      await send('/v1/page', { userId, name: 'Home', category: value });
      await here.call('PUT', `/v1/customers/${encodeURIComponent(`user_id:${userId}`)}/consents`, {
        key: here.deps.keys.admin,
        body: {
          channel: 'email',
          purpose: 'offers',
          state: 'subscribed',
          source: 'form',
          proof: { value },
        },
      });
    }
    there.time.now = new Date(here.time.now.getTime() + 1_000);
    for (const kind of ['customers', 'events', 'consents'] as const) {
      await there.file(`${kind}.csv`, await exported(kind));
      const summary = await there.run(kind, `${kind}.csv`);
      expect([kind, summary.rejected, summary.duplicates]).toEqual([kind, 0, 0]);
    }
    for (const kind of ['customers', 'events', 'consents'] as const) {
      const rows = await Promise.all(
        [here, there].map(async (world) => comparable(await exported(kind, {}, 'ndjson', world))),
      );
      expect(rows[0]?.length).toBeGreaterThanOrEqual(tricky.length);
      expect(rows[1]).toEqual(rows[0]);
    }
  });

  it('stores nothing anew where it came from', async () => {
    await here.file('events.csv', await exported('events'));
    const summary = await here.run('events', 'events.csv');
    expect([summary.stored, summary.duplicates]).toEqual([0, 2 * tricky.length]);
  });

  /** What an import cannot know: ids that are this system's own, and when it was told. */
  function comparable(ndjson: string): readonly unknown[] {
    return ndjson
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(
        ({ customer_id: _c, created_at: _a, updated_at: _u, received_at: _r, context, ...row }) => {
          const { source: _s, ...said } = (context ?? {}) as Record<string, unknown>;
          return { ...row, context: said };
        },
      )
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  it('holds no cell that a spreadsheet would take for a formula', async () => {
    const csv = await exported('customers');
    expect(csv).toContain("'=user-1,");
    expect(csv).not.toMatch(/(?:^|,)"?[=+@]/m);
  });

  it('takes only what its filter finds', async () => {
    const since = new Date('2026-01-12');
    const until = new Date('2026-01-14');
    const lines = (await exported('events', { since, until }, 'ndjson')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).timestamp)).toEqual([
      '2026-01-12T10:00:00.123Z',
      '2026-01-13T10:00:00.123Z',
    ]);
    const { json } = await here.call('GET', '/v1/customers/user-0', { key: here.deps.keys.admin });
    const mine = JSON.parse(await exported('events', { customerId: json.id }, 'json'));
    expect(mine.map((row: { event: string }) => row.event)).toEqual([`Event ${tricky[0]}`, 'Page']);
    const named = await exported('events', { event: `Event ${tricky[1]}` });
    expect(named.trim().split('\n')).toHaveLength(2);
    expect(JSON.parse(await exported('decisions', { journey: 'none' }, 'json'))).toEqual([]);
  });

  it('tells messages and decisions of a journey', async () => {
    const { json } = await here.call('GET', '/v1/customers/user-0', { key: here.deps.keys.admin });
    const { pool } = here.connection;
    await pool.query(
      `insert into enrollments (id, customer_id, journey, key, status, subscriptions, holdout, priority,
         entered_at, entered_seq, starts_at)
       values ('e1', $1, 'onOrder', '', 'completed', '{}', false, 3, now(), 1, now())`,
      [json.id],
    );
    await pool.query(
      `insert into decisions (id, customer_id, enrollment_id, journey, step, template, purpose,
         priority, outcome, reason, channel, candidates, basis, variant, tags, cost, deferrals,
         first_at, decided_at)
       select 'd' || n, $1, 'e1', 'onOrder', n, '=template', 'offers', 'normal', 'send', 'chosen',
         'email', '[{"channel":"email"}]', '{}', '{}', '{a,b}', 0.001, '[]', $2, $2
       from generate_series(1, 3) n`,
      [json.id, new Date('2026-02-01T08:00:00Z')],
    );
    await pool.query(
      `insert into messages (id, decision_id, customer_id, enrollment_id, journey, step, template,
         variant, tags, purpose, channel, address, content, status, cost, decided_at)
       values ('m1', 'd1', $1, 'e1', 'onOrder', 1, '=template', '{}', '{}', 'offers', 'email',
         'u0@shop.example', '{"subject":"secret"}', 'sent', 0.001, $2)`,
      [json.id, new Date('2026-02-01T08:00:00Z')],
    );
    const decisions = await exported('decisions', { journey: 'onOrder' });
    expect(decisions.split('\n')[0]).toMatch(/^user_id,id,customer_id,enrollment_id,journey,step,/);
    expect(decisions.split('\n')[1]).toMatch(
      /^user-0,d1,.*,onOrder,1,'=template,offers,normal,send,chosen,email,"\[\{""channel"":""email""\}\]".*"\[""a"",""b""\]",0.001,/,
    );
    expect(decisions.trim().split('\n')).toHaveLength(4);
    const messages = await exported('messages', { customerId: json.id });
    expect(messages).toMatch(
      /\nuser-0,m1,.*,u0@shop\.example,sent,0,,0\.001,false,2026-02-01T08:00:00\.000Z,,,,\n$/,
    );
    expect(messages).not.toMatch(/secret/);
    expect((await exported('messages', { journey: 'none' })).trim().split('\n')).toHaveLength(1);
  });

  it('exports orders, with what was refunded and cancelled', async () => {
    const order = (event: string, id: string, day: number, total?: number) => ({
      type: 'track' as const,
      index: 0,
      body: {
        userId: 'buyer',
        event: `Order ${event}`,
        properties: { order_id: id, total, currency: 'EUR', products: [{ quantity: 2 }, {}] },
        timestamp: new Date(Date.UTC(2026, 0, day)).toISOString(),
      },
    });
    await here.deps.ingest.accept([
      order('Refunded', '1', 3, 5),
      order('Completed', '1', 1, 20),
      order('Completed', '2', 2, 30),
      order('Cancelled', '2', 4),
    ]);
    const lines = (await exported('orders', { since: new Date('2026-01-01') })).trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^buyer,1,2026-01-01T.*,20,,,,EUR,2,3,,5,2026-01-03T00:00:00.000Z,,true,/,
    );
    expect(lines[2]).toMatch(/^buyer,2,2026-01-02T.*,30,,,,EUR,2,3,,0,,2026-01-04T.*Z,false,/);
  });

  it('reads part by part, each row once', async () => {
    const rows = Array.from({ length: 2_500 }, (_, at) => `Many,many-${at % 9},2024-01-01,${at}`);
    await here.file('many.csv', ['event,user_id,timestamp,n', ...rows].join('\n'));
    await here.run('events', 'many.csv');
    const lines = (await exported('events', { event: 'Many' }, 'ndjson')).trim().split('\n');
    const numbers = lines.map((line) => JSON.parse(line).properties.n as number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(rows.map((_, at) => at));
  });

  it('is of the format that the name of its file asks for', () => {
    const formats = ['a.csv', 'a.csv.gz', 'a.json', 'a.ndjson.gz', 'a.jsonl', '-', 'a'].map(
      formatOf,
    );
    expect(formats).toEqual(['csv', 'csv', 'json', 'ndjson', 'ndjson', 'csv', 'csv']);
  });
});
