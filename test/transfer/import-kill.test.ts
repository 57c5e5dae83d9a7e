import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startImportWorld, type ImportWorld } from './import-world';

let world: ImportWorld;

beforeAll(async () => {
  world = await startImportWorld();
});
afterAll(() => world.stop());

const ROWS = 20_000;
const root = join(__dirname, '../..');

/** The command line as a user runs it, in a process of its own. */
function throughline(args: readonly string[]) {
  const hook = join(root, 'test/support/stack/typescript-hook.cjs');
  const child = spawn(
    process.execPath,
    ['--require', hook, join(root, 'src/cli/main.ts'), ...args],
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

it('goes on after kill -9, and every row is stored once or rejected once', async () => {
  const rows = Array.from({ length: ROWS }, (_, at) =>
    at % 1_999 === 7 ? `Thing Done,,2024-01-01,${at}` : `Thing Done,u-${at % 300},2024-01-01,${at}`,
  );
  const file = await world.file('events.csv', ['event,user_id,timestamp,n', ...rows].join('\n'));
  let kills = 0;
  for (const share of [0.15, 0.4, 0.7]) {
    const run = throughline(['import', 'events', file]);
    const poll = setInterval(() => {
      void stored().then((count) => count > ROWS * share && run.kill());
    }, 20);
    if ((await run.ended) === 'SIGKILL') kills++;
    clearInterval(poll);
  }
  expect(kills).toBeGreaterThan(0);
  const last = throughline(['import', 'events', file]);
  expect([await last.ended, last.said()]).toEqual([
    2,
    expect.stringContaining('Goes on behind row'),
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
      /good\.csv: 1 rows of events\.\nColumns taken for properties: 'size'\.\nImported 1 rows in .* rows a second\)\.\nOf 1 rows 1 were stored, 0 had been stored before, 0 were rejected\./,
    ),
  ]);
  const mistaken = throughline(['import', 'orders', good]);
  expect([await mistaken.ended, mistaken.said()]).toEqual([
    1,
    expect.stringMatching(/Found 'orders' to import; expected customers, events, consents/),
  ]);
});
