import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { includesRole, type KeyRole } from '../../domain/access/key-role';
import { RequestError } from '../../domain/errors';
import type { ApiKeys } from '../api-deps';
import { setCaller, type Caller } from './caller';

/** The keys of the environment, and the roles that they have. */
const ENVIRONMENT = [
  ['write', 'ingest'],
  ['read', 'read'],
  ['admin', 'admin'],
] as const satisfies readonly (readonly [keyof ApiKeys, KeyRole])[];

/** What to send where a role is asked for. */
const KEYS_FOR: Readonly<Record<KeyRole, string>> = {
  ingest: 'the write or the admin key, or one of the role ingest',
  read: 'the read or the admin key, or one of the role read or operate',
  operate: 'the admin key, or one of the role operate',
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
 * Whose key of the environment this is: nobody's, or one name and the roles of all that are alike.
 * Every key is compared, and in constant time, so that the time of the answer tells nothing.
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
 * Who calls with a key, be it of the environment or of the database. The environment is asked
 * first, so that its keys are good while the database is away.
 *
 * @param roles any of which will do; who may do more may do this, too
 * @throws {RequestError} `unauthenticated` without a key or with one that nobody has, `forbidden` with a key that is good
 *   for other things
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
      `Found a key that is not known, or not any more; send ${expected}, ${HOW}.`,
    );
  }
  const allowed = known.find(({ role }) => roles.some((asked) => includesRole(role, asked)));
  if (allowed !== undefined) return allowed;
  throw new RequestError(
    'forbidden',
    'key-not-allowed',
    `Found a key of the role ${known.map(({ role }) => role).join(' and ')}, which is not good for this; send ${expected}.`,
  );
}

/**
 * Lets only those pass who may act in one of the roles, and notes on the request who it is.
 *
 * @param roles the least that is needed; see `assertKey`
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
