import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startImportWorld, type ImportWorld } from './import-world';

let world: ImportWorld;

beforeAll(async () => {
  world = await startImportWorld();
});
afterAll(() => world.stop());

const ROWS = 80_000;
const root = join(__dirname, '../..');

/** The command line as a user runs it, in a process of its own. */
function throughline(args: readonly string[]) {
  const hook = join(root, 'test/support/stack/typescript-hook.cjs');
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--require', hook, join(root, 'src/cli/main.ts'), ...args],
    {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: world.databaseUrl,
        THROUGHLINE_HOME: world.folder,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return {
    kill: () => child.kill('SIGKILL'),
    said: () => said,
    ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string),
  };
}

async function stored(): Promise<number> {
  const { rows } = await world.connection.pool.query<{ n: number }>(
    'select count(*)::int as n from events',
  );
  return rows[0]?.n ?? 0;
}

/** The row after which the import would resume; it is recorded about once a second. */
async function recordedRow(): Promise<number> {
  const { rows } = await world.connection.pool.query<{ n: number }>(
    'select coalesce(max(rows_done), 0)::int as n from imports',
  );
  return rows[0]?.n ?? 0;
}

describe('throughline import', () => {
  it('resumes after kill -9, and every row is stored once or rejected once', async () => {
    const rows = Array.from({ length: ROWS }, (_, at) =>
      at % 1_999 === 7
        ? `Thing Done,,2024-01-01,${at}`
        : `Thing Done,u-${at % 300},2024-01-01,${at}`,
    );
    const file = await world.file('events.csv', ['event,user_id,timestamp,n', ...rows].join('\n'));
    let kills = 0;
    for (let round = 0; round < 2; round++) {
      const before = await recordedRow();
      const run = throughline(['import', 'events', file]);
      const poll = setInterval(() => {
        void recordedRow().then((row) => row > before && run.kill());
      }, 20);
      if ((await run.ended) === 'SIGKILL') kills++;
      clearInterval(poll);
    }
    expect(kills).toBeGreaterThan(0);
    const last = throughline(['import', 'events', file]);
    expect([await last.ended, last.said()]).toEqual([
      2,
      expect.stringContaining('Resumes after row'),
    ]);
    const bad = rows.filter((row) => row.includes(',,')).length;
    expect(await stored()).toBe(ROWS - bad);
    const distinct = await world.connection.pool.query<{ n: number }>(
      `select count(distinct properties->>'n')::int as n from events`,
    );
    expect(distinct.rows[0]?.n).toBe(ROWS - bad);
    const rejects = (await world.text('events.rejects.csv')).trim().split('\n').slice(1);
    expect(rejects).toHaveLength(bad);
    expect(new Set(rejects).size).toBe(bad);
  }, 180_000);

  it('tells of itself, and ends with a code that says how it went', async () => {
    const good = await world.file('good.csv', 'event,user_id,timestamp,size\nA,u,2024-01-01,4\n');
    const whole = throughline(['import', 'events', good]);
    expect([await whole.ended, whole.said()]).toEqual([
      0,
      expect.stringMatching(
        /good\.csv: 1 rows of events\.\nColumns stored as properties: 'size'\.\nImported 1 rows in .* rows a second\)\.\nOf 1 rows 1 were stored, 0 had been stored already, 0 were rejected\./,
      ),
    ]);
    const mistaken = throughline(['import', 'orders', good]);
    expect([await mistaken.ended, mistaken.said()]).toEqual([
      1,
      expect.stringMatching(/Found 'orders' to import; expected customers, events, consents/),
    ]);
  });
});

describe('throughline export', () => {
  it('writes a file that takes its name once it is whole, or standard output', async () => {
    const file = `${world.folder}/out.csv`;
    const run = throughline(['export', 'events', file, '--event', 'A']);
    expect([await run.ended, run.said()]).toEqual([
      0,
      expect.stringMatching(/^Exported 1 events in/),
    ]);
    const csv = await world.text('out.csv');
    expect(csv).toMatch(/^message_id,type,event,user_id,.*\nimport:\w+:1,track,A,u,,2024-01-01T/);
    const shown = throughline(['export', 'events', '-', '--event', 'A', '--format', 'ndjson']);
    expect([await shown.ended, JSON.parse(shown.said().split('\n')[0] ?? '')]).toEqual([
      0,
      expect.objectContaining({ event: 'A', properties: { size: 4 } }),
    ]);
    const packed = throughline(['export', 'events', `${world.folder}/out.csv.gz`, '--event', 'A']);
    expect(await packed.ended).toBe(0);
    const raw = await readFile(`${world.folder}/out.csv.gz`);
    expect(gunzipSync(raw).toString()).toBe(csv);
    expect((await readdir(world.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    ['an unknown kind', ['carts', '-'], /Found 'carts' to export; expected one of customers,/],
    [
      'a filter that means nothing there',
      ['customers', '-', '--journey', 'x'],
      /Found --journey, which does not apply to customers/,
    ],
    [
      'a moment that is none',
      ['events', '-', '--since', 'soon'],
      /Found --since soon; expected a time/,
    ],
    [
      'a customer whom nobody knows',
      ['events', '-', '--customer', 'nobody'],
      /Found no customer nobody/,
    ],
  ])('refuses %s with a sentence', async (_, args, message) => {
    const run = throughline(['export', ...args]);
    expect([await run.ended, run.said()]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe('throughline keys', () => {
  it('makes, lists, rotates and revokes', async () => {
    const said = async (...args: readonly string[]) => {
      const run = throughline(['keys', ...args]);
      expect([await run.ended, run.said()]).toEqual([0, expect.any(String)]);
      return run.said();
    };
    const reads = async (key: string) => (await world.call('GET', '/v1/journeys', { key })).status;
    expect(await said('list')).toMatch(/^Found no key in the database/);
    const made = await said('create', 'dashboard', '--role', 'read');
    const key = /^tl_read_[\w-]{43}$/m.exec(made)?.[0] ?? '';
    expect(await reads(key)).toBe(200);
    const listed = await said('list');
    expect(listed).toMatch(
      /tl_read_[\w-]{6}…  read     active .*created .* by command line .*dashboard/,
    );
    expect(listed).not.toContain(key);
    const prefix = key.slice(0, 'tl_read_'.length + 6);
    const rotated = await said('rotate', prefix, '--overlap', '1 hour');
    const next = /^tl_read_[\w-]{43}$/m.exec(rotated)?.[0] ?? '';
    expect(await reads(next)).toBe(200);
    expect(await said('revoke', prefix)).toMatch(/revoked/);
    expect(await said('list')).toMatch(/revoked[^]*|active/);
  });

  it('refuses what is no role', async () => {
    const run = throughline(['keys', 'create', 'x', '--role', 'root']);
    expect([await run.ended, run.said()]).toEqual([
      1,
      expect.stringMatching(/Found the role 'root'/),
    ]);
  });
});
