import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../src/embedded/processes/ports';
import type { Ground } from './ground';
import { openLine, type Line } from './line';
import type { MailServer } from './mail-server';
import {
  createRoleProcess,
  type ProcessSetting,
  type Role,
  type RoleProcess,
} from './role-process';

export const ROLES = ['api', 'relay', 'worker'] as const satisfies readonly Role[];

/** Each process has its own lines, so that one can lose a connection that the others have. */
export const LINES = [
  'door',
  'api-postgres',
  'api-temporal',
  'relay-postgres',
  'relay-temporal',
  'worker-postgres',
  'worker-temporal',
  'worker-mail',
] as const;
export type LineName = (typeof LINES)[number];

export interface SystemSettings {
  readonly ground: Pick<Ground, 'databaseUrl' | 'temporalAddress'>;
  readonly mail: MailServer;
  readonly logFolder: string;
  readonly searchPath: string;
  /** The module with the application. */
  readonly app: string;
  /** The folder of cached workflow bundles. */
  readonly bundleFolder: string;
  /** Further options of every process. */
  readonly given: ProcessSetting;
  readonly note: (sentence: string) => void;
}

/** The product as one process per role, connected over lines that can inject faults. */
export interface System {
  /** Where clients reach the API, over the line `door`. */
  readonly url: string;
  readonly writeKey: string;
  readonly adminKey: string;
  readonly taskQueue: string;
  readonly roles: Readonly<Record<Role, RoleProcess>>;
  readonly lines: Readonly<Record<LineName, Line>>;
  stop(): Promise<void>;
}

const READY_MS = 120_000;
const WRITE_KEY = 'write-key-of-the-faults';
const ADMIN_KEY = 'admin-key-of-the-faults';
const MAIN = join(__dirname, '..', 'dist', 'src', 'cli', 'main.js');

/** Migrates the database, starts api, relay and worker, and resolves once all three serve. */
export async function startSystem(settings: SystemSettings): Promise<System> {
  const { ground, mail, logFolder, searchPath, app, given, note } = settings;
  const apiPort = await freePort();
  // Its own task queue, so that several systems can share one Temporal.
  const taskQueue = `faults-${apiPort}`;
  const lines = await openLines(apiPort, ground, mail);
  const base = { PATH: searchPath, HOME: homedir() };
  await migrate({ ...base, DATABASE_URL: ground.databaseUrl }, join(logFolder, 'migrate.log'));

  const environmentOf = (role: Role): Record<string, string> => ({
    ...base,
    PORT: String(apiPort),
    HOST: '127.0.0.1',
    DATABASE_URL: withPort(ground.databaseUrl, lines[`${role}-postgres`].port),
    DATABASE_CONNECTIONS: '10',
    TEMPORAL_ADDRESS: `127.0.0.1:${lines[`${role}-temporal`].port}`,
    SMTP_URL: withPort(mail.url, lines['worker-mail'].port),
    THROUGHLINE_APP: app,
    THROUGHLINE_TASK_QUEUE: taskQueue,
    THROUGHLINE_WRITE_KEY: WRITE_KEY,
    THROUGHLINE_ADMIN_KEY: ADMIN_KEY,
    THROUGHLINE_SIGNING_KEY: 'signing-key-of-the-faults-of-32-chars',
    THROUGHLINE_PUBLIC_URL: 'http://shop.example',
    FAULTS_BUNDLES: settings.bundleFolder,
    ...given.environment,
  });
  const preloaded = [join(__dirname, 'kept-bundles.cjs'), ...given.preloaded];
  const create = (role: Role) =>
    createRoleProcess({ role, environment: environmentOf(role), preloaded, logFolder, note });
  const roles = { api: create('api'), relay: create('relay'), worker: create('worker') };
  const stop = async () => {
    await Promise.all(ROLES.map((role) => roles[role].kill()));
    await Promise.all(LINES.map((name) => lines[name].close()));
  };
  try {
    for (const role of ROLES) roles[role].start();
    await untilReady(`http://127.0.0.1:${apiPort}`, logFolder);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${lines.door.port}`,
    writeKey: WRITE_KEY,
    adminKey: ADMIN_KEY,
    taskQueue,
    roles,
    lines,
    stop,
  };
}

async function openLines(
  apiPort: number,
  ground: SystemSettings['ground'],
  mail: MailServer,
): Promise<Readonly<Record<LineName, Line>>> {
  const postgres = Number(new URL(ground.databaseUrl).port);
  const temporal = Number(ground.temporalAddress.split(':').at(-1));
  const targets: Readonly<Record<LineName, number>> = {
    door: apiPort,
    'api-postgres': postgres,
    'api-temporal': temporal,
    'relay-postgres': postgres,
    'relay-temporal': temporal,
    'worker-postgres': postgres,
    'worker-temporal': temporal,
    'worker-mail': mail.port,
  };
  const opened = await Promise.all(
    LINES.map(async (name) => [name, await openLine(targets[name])] as const),
  );
  return Object.fromEntries(opened) as Readonly<Record<LineName, Line>>;
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

async function migrate(environment: Record<string, string>, logFile: string): Promise<void> {
  const child = spawn(process.execPath, [MAIN, 'migrate'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  log.end();
  if (code === 0) return;
  throw new Error(`'throughline migrate' ended with code ${code}; look into ${logFile}.`);
}

/** Queries the API directly, not over its line; readiness includes a worker for journeys. */
async function untilReady(url: string, logFolder: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (Date.now() > deadline) {
      throw new Error(
        `The system was not ready after ${READY_MS / 1000} s (${(await answer?.text()) ?? 'the API does not answer'}); look into ${logFolder}.`,
      );
    }
    await pause(200);
  }
}
