import type { Config } from '../config';
import { connect } from '../db/connect';
import { allApiKeys, type ApiKeyView } from '../db/read-models/operations/api-keys';
import { createApiKey, revokeApiKey, rotateApiKey, type MadeApiKey } from '../db/stores/api-keys';
import type { Db } from '../db/transaction';
import { overlapMs } from '../domain/access/overlap';
import { roleNamed } from '../domain/access/key-role';
import { systemClock } from '../domain/clock';
import { parseLooseTimestamp } from '../domain/events/timestamps';
import { databaseUrlFor } from './find-database';

const CREATED_BY = 'command line';

/** `throughline keys list`: lists all keys in the database, without their secrets. */
export async function listKeys(config: Config): Promise<void> {
  await withDatabase(config, async (db) => {
    const keys = await allApiKeys(db, systemClock.now());
    if (keys.length === 0)
      print('Found no key in the database; only the keys in the environment are valid.');
    for (const key of keys) print(lineOf(key));
  });
}

/** `throughline keys create NAME --role ROLE`. */
export async function createKey(
  config: Config,
  name: string,
  options: { readonly role: string; readonly expires?: string },
): Promise<void> {
  const role = roleNamed(options.role);
  const now = systemClock.now();
  const expiresAt = options.expires === undefined ? null : parseExpiry(options.expires, now);
  await withDatabase(config, async (db) => {
    printKey(await createApiKey(db, { name, role, createdBy: CREATED_BY, expiresAt }, now));
  });
}

/** `throughline keys rotate KEY`: creates a new key; the old one stays valid until the overlap ends. */
export async function rotateKey(
  config: Config,
  reference: string,
  options: { readonly overlap: string },
): Promise<void> {
  const overlap = overlapMs(options.overlap);
  const now = systemClock.now();
  await withDatabase(config, async (db) => {
    const given = { overlapMs: overlap, createdBy: CREATED_BY };
    printKey(await rotateApiKey(db, reference, given, now));
    print(
      `The old key is valid until ${new Date(now.getTime() + overlap).toISOString()} at the latest.`,
    );
  });
}

/** `throughline keys revoke KEY`: takes effect in every process within seconds. */
export async function revokeKey(config: Config, reference: string): Promise<void> {
  await withDatabase(config, async (db) => {
    print(lineOf(await revokeApiKey(db, reference, systemClock.now())));
  });
}

async function withDatabase(config: Config, work: (db: Db) => Promise<void>): Promise<void> {
  const connection = connect(databaseUrlFor('keys', config), 1);
  try {
    await work(connection.db);
  } finally {
    await connection.close();
  }
}

/** Prints only the key to standard output, so that a script can capture it. */
function printKey(made: MadeApiKey): void {
  process.stderr.write(`${lineOf(made)}\nThe key (it is not shown again):\n`);
  print(made.key);
}

function lineOf(key: ApiKeyView): string {
  const day = (at: Date | null) => at?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never';
  const until = key.state === 'ending' ? ` until ${day(key.expiresAt)}` : '';
  return [
    key.id,
    `${key.prefix}…`,
    key.role.padEnd(7),
    `${key.state}${until}`.padEnd(8),
    `created ${day(key.createdAt)} by ${key.createdBy}`,
    `used ${day(key.lastUsedAt)}`,
    key.name,
  ].join('  ');
}

function parseExpiry(text: string, now: Date): Date {
  const expiresAt = parseLooseTimestamp(text);
  if (expiresAt !== undefined && expiresAt > now) return expiresAt;
  throw new Error(
    `Found --expires ${text}; expected a time in the future, such as 2030-01-31 or 2030-01-31T12:00:00Z.`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
