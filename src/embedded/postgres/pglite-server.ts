import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { choosePort } from '../processes/chosen-port';
import type { RunningPostgres } from './embedded-postgres';
import type { Log } from '../processes/log';
import { createSessionServer } from './pglite-sessions';

interface Deps {
  /** Must be locked by the caller: two PGlites on one folder would ruin it. */
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly log: Log;
}

/**
 * PGlite, a Postgres compiled to WebAssembly, in this process and on a loopback port, so that `pg`
 * works unchanged, from other processes too.
 */
export async function startPglite({ dataDir, port, log }: Deps): Promise<RunningPostgres> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const portFile = join(dataDir, 'port');
  const chosen = await choosePort(port, portFile);
  const password = passwordIn(join(dataDir, 'password'));
  const database = await PGlite.create({ dataDir: join(dataDir, 'data') });
  const server = await createSessionServer({ session: database, password, log });
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(chosen, '127.0.0.1', resolve);
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  writeFileSync(portFile, String(chosen));
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${chosen}/postgres`,
    kind: 'pglite',
    folder: dataDir,
    // They take turns, so more would only wait.
    maxConnections: 10,
    notifies: true,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await database.close();
    },
  };
}

function passwordIn(file: string): string {
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}
