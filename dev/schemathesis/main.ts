import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/*
 * Starts an embedded system and lets Schemathesis (https://schemathesis.io) look for answers that do
 * not fit openapi.json: `npm run schemathesis`, or `npm run schemathesis -- --max-time 60`.
 * Schemathesis is installed with pip into ~/.cache/throughline. Arguments are passed on to it.
 */

const VERSION = '4.32.*';
const ROOT = path.join(__dirname, '..', '..');
const CACHE = path.join(homedir(), '.cache', 'throughline', 'schemathesis-4.32');
const ADMIN_KEY = 'admin-key-of-schemathesis';
const READY_TIMEOUT_MS = 180_000;

const DEFAULTS: readonly (readonly [option: string, ...values: readonly string[]])[] = [
  ['--checks', 'all'],
  ['--seed', '1'],
  ['--generation-deterministic'],
  ['--max-time', '300'],
  ['--continue-on-failure'],
  // Postgres cannot store it in a text, and every route refuses it; JSON Schema cannot say so.
  ['--generation-allow-x00', 'false'],
];

async function main(): Promise<void> {
  install();
  const home = await mkdtemp(path.join(tmpdir(), 'throughline-schemathesis-'));
  // As root, Postgres runs as another user, who has to enter the folder.
  await chmod(home, 0o755);
  const port = await freePort();
  const system = startSystem(home, port, [await freePort(), await freePort()]);
  try {
    const url = `http://127.0.0.1:${port}`;
    await ready(url, system);
    await addCustomer(url);
    process.exitCode = run(url, home);
  } finally {
    if (system.exitCode === null) {
      const exited = once(system, 'exit');
      system.kill('SIGINT');
      await exited;
    }
    await rm(home, { recursive: true, force: true });
  }
}

function install(): void {
  if (existsSync(path.join(CACHE, 'schemathesis'))) return;
  const pip = ['-m', 'pip', 'install', '--quiet', '--target', CACHE, `schemathesis==${VERSION}`];
  const { status, error } = spawnSync('python3', pip, { stdio: 'inherit' });
  if (status === 0) return;
  throw new Error(
    `Schemathesis could not be installed (${error?.message ?? `pip ended with ${status}`}). It needs Python 3.10 or later with pip: on Debian, apt-get install python3-pip.`,
  );
}

function startSystem(home: string, port: number, temporal: readonly number[]): ChildProcess {
  return spawn(process.execPath, [path.join(ROOT, 'dist', 'src', 'cli', 'main.js'), 'start'], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      TEMPORAL_PORT: String(temporal[0]),
      TEMPORAL_UI_PORT: String(temporal[1]),
      THROUGHLINE_HOME: path.join(home, 'state'),
      THROUGHLINE_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: 'error',
    },
  });
}

async function ready(url: string, system: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (system.exitCode !== null) throw new Error(`The system ended (code ${system.exitCode}).`);
    if (Date.now() > deadline) throw new Error('timed out waiting for the system to be ready');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The customer of the examples in the document. */
async function addCustomer(url: string): Promise<void> {
  const calls = [
    ['identify', { userId: 'ada', traits: { email: 'ada@shop.example' } }],
    ['track', { userId: 'ada', event: 'Order Completed', properties: { total: 120 } }],
  ] as const;
  for (const [type, body] of calls) {
    await fetch(`${url}/v1/${type}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
}

/** @returns the exit code of Schemathesis */
function run(url: string, folder: string): number {
  const given = process.argv.slice(2);
  const defaults = DEFAULTS.filter(([option]) => !given.includes(option)).flat();
  const { status } = spawnSync(
    'python3',
    [
      path.join(CACHE, 'bin', 'schemathesis'),
      ...['--config-file', path.join(__dirname, 'schemathesis.toml')],
      ...['run', `${url}/openapi.json`],
      ...['--header', `Authorization: Bearer ${ADMIN_KEY}`],
      ...defaults,
      ...given,
    ],
    { cwd: folder, stdio: 'inherit', env: { ...process.env, PYTHONPATH: CACHE } },
  );
  return status ?? 1;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
