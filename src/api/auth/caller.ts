import type { Request } from 'express';
import type { KeyRole } from '../../domain/access/key-role';

/** Who calls the API. */
export interface Caller {
  /** The id of a key of the database; null for a key of the environment. */
  readonly id: string | null;
  /** The name of the key: `write key`, `read key`, `admin key`, or the name it was created with. */
  readonly name: string;
  readonly role: KeyRole;
}

const callers = new WeakMap<Request, Caller>();

export function setCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Who calls, after the check of the key; undefined on a route that needs none. */
export function callerOf(request: Request): Caller | undefined {
  return callers.get(request);
}
