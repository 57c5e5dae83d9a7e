import type { Request } from 'express';
import type { Db } from '../../db/transaction';
import type { JsonObject } from '../../domain/json';
import { writeAudit, type Actor } from '../../privacy/audit-log';
import { routeOf } from '../http/answer-error';
import { callerOf } from './caller';

const NOBODY: Actor = { name: 'unknown', role: 'unknown' };

/** A customer behind a signed link. */
export const THE_CUSTOMER: Actor = { name: 'customer', role: 'customer' };

/** Who makes a request, as the check of its key found. */
export function actorOf(request: Request): Actor {
  return callerOf(request) ?? NOBODY;
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
  const { actor = actorOf(request), detail } = more;
  await writeAudit(db, {
    actor,
    action: `${request.method === 'HEAD' ? 'GET' : request.method} ${routeOf(request)}`,
    customerId,
    ...(detail !== undefined && { detail }),
  });
}
