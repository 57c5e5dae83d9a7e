import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { includesRole, type KeyRole } from '../../domain/access/key-role';
import { RequestError } from '../../domain/errors';
import type { ApiKeys } from '../api-deps';
import { setCaller, type Caller } from './caller';

/** The keys of the environment, and their roles. */
const ENVIRONMENT = [
  ['write', 'ingest'],
  ['read', 'read'],
  ['admin', 'admin'],
] as const satisfies readonly (readonly [keyof ApiKeys, KeyRole])[];

/** Which keys have a role, for error messages. */
const KEYS_FOR: Readonly<Record<KeyRole, string>> = {
  ingest: 'the write or the admin key, or one with the role ingest',
  read: 'the read or the admin key, or one with the role read or operate',
  operate: 'the admin key, or one with the role operate',
  admin: 'the admin key',
};

const HOW = 'as the user name of HTTP basic auth (with an empty password) or as a bearer token';

/** The key of a request: the user name of HTTP basic auth, or a bearer token. */
export function keyIn(request: Request): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/s.exec(header.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0] ?? '';
    case 'bearer':
      return value.trim();
    default:
      return '';
  }
}

/**
 * The keys of the environment that equal a text: none, one, or several where two are the same. Every
 * key is compared in constant time, so that the time of the answer reveals nothing.
 */
function inEnvironment(keys: ApiKeys, given: string): readonly Caller[] {
  const found: Caller[] = [];
  for (const [name, role] of ENVIRONMENT) {
    const key = keys[name] ?? '';
    if (timingSafeEqual(digest(key), digest(given)) && key !== '') {
      found.push({ id: null, name: `${name} key`, role });
    }
  }
  return found;
}

/**
 * Identifies the caller by a key of the environment or of the database. The environment is checked
 * first, so that its keys are valid while the database is unavailable.
 *
 * @param roles the least roles, any of which is enough; a role that includes one of them is enough too
 * @throws {RequestError} `unauthenticated` without a valid key, `forbidden` with a key that has another role
 */
export async function assertKey(
  keys: ApiKeys,
  given: string | undefined,
  roles: readonly KeyRole[],
): Promise<Caller> {
  const expected = KEYS_FOR[roles[0] ?? 'admin'];
  if (given === undefined || given === '') {
    throw new RequestError('unauthenticated', 'no-key', `Found no key; send ${expected}, ${HOW}.`);
  }
  const callers = inEnvironment(keys, given);
  const stored = callers.length > 0 ? undefined : await keys.stored?.find(given);
  const known =
    stored === undefined ? callers : [{ id: stored.id, name: stored.name, role: stored.role }];
  if (known.length === 0) {
    throw new RequestError(
      'unauthenticated',
      'wrong-key',
      `Found a key that is unknown, expired or revoked; send ${expected}, ${HOW}.`,
    );
  }
  const allowed = known.find(({ role }) => roles.some((asked) => includesRole(role, asked)));
  if (allowed !== undefined) return allowed;
  throw new RequestError(
    'forbidden',
    'key-not-allowed',
    `Found a key with the role ${known.map(({ role }) => role).join(' and ')}, which may not do this; send ${expected}.`,
  );
}

/**
 * Refuses requests without one of the roles, and attaches the caller to the request.
 *
 * @param roles see `assertKey`
 */
export function requireKey(keys: ApiKeys, roles: readonly KeyRole[]): RequestHandler {
  return async (request, _response, next) => {
    setCaller(request, await assertKey(keys, keyIn(request), roles));
    next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
