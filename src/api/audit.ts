import type { Request } from 'express';
import type { Db } from '../db/transaction';
import type { JsonObject } from '../domain/json';
import { writeAudit, type Actor } from '../privacy/audit-log';
import { routeOf } from './answer-error';

/** Who makes a request, as the check of its key found. */
interface CalledRequest {
  caller?: Actor;
}

const NOBODY: Actor = { name: 'unknown', role: 'unknown' };

/** A customer behind a signed link. */
export const THE_CUSTOMER: Actor = { name: 'customer', role: 'customer' };

export function setCaller(request: Request, caller: Actor): void {
  (request as CalledRequest).caller ??= caller;
}

export function callerOf(request: Request): Actor {
  return (request as CalledRequest).caller ?? NOBODY;
}

/**
 * Notes in the audit log that a request reads or changes a customer. Awaited before the answer, so
 * that nobody has seen anything of which no row tells.
 */
export async function audit(
  db: Db,
  request: Request,
  customerId: string | null,
  more: { readonly actor?: Actor; readonly detail?: JsonObject } = {},
): Promise<void> {
  const { actor = callerOf(request), detail } = more;
  await writeAudit(db, {
    actor,
    action: `${request.method === 'HEAD' ? 'GET' : request.method} ${routeOf(request)}`,
    customerId,
    ...(detail !== undefined && { detail }),
  });
}
