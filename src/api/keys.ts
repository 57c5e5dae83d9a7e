import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { RequestError } from '../domain/errors';
import type { ApiKeys } from './api-deps';
import { setCaller } from './audit';

export type Role = 'write' | 'read' | 'admin';

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
 * What the bearer of a key may do. Every key is compared, and in constant time, so that the time of
 * the answer tells nothing about a key.
 */
function rolesOf(keys: ApiKeys, given: string): ReadonlySet<Role> {
  const roles = new Set<Role>();
  for (const role of ['write', 'read', 'admin'] as const) {
    const key = keys[role] ?? '';
    if (timingSafeEqual(digest(key), digest(given)) && key !== '') roles.add(role);
  }
  return roles;
}

/**
 * @throws {RequestError} 401 without a key or with one that nobody has, 403 with a key that is good
 *   for other things
 */
export function assertKey(
  keys: ApiKeys,
  given: string | undefined,
  allowed: readonly Role[],
): void {
  const expected = `the ${allowed.join(' or the ')} key`;
  const how = 'as the user name of HTTP basic auth (with an empty password) or as a bearer token';
  if (given === undefined || given === '') {
    throw new RequestError(401, 'no-key', `Found no key; send ${expected} ${how}.`);
  }
  const roles = rolesOf(keys, given);
  if (roles.size === 0) {
    throw new RequestError(
      401,
      'wrong-key',
      `Found a key that is not known; send ${expected} ${how}.`,
    );
  }
  if (!allowed.some((role) => roles.has(role))) {
    throw new RequestError(
      403,
      'key-not-allowed',
      `Found the ${[...roles].join(' and ')} key, which is not good for this; send ${expected}.`,
    );
  }
}

export function requireKey(keys: ApiKeys, allowed: readonly Role[]): RequestHandler {
  return (request, _response, next) => {
    const given = keyIn(request);
    assertKey(keys, given, allowed);
    const [role = 'unknown'] = rolesOf(keys, given ?? '');
    setCaller(request, { name: `${role} key`, role });
    next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
