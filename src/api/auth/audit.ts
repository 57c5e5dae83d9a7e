import type { Request } from 'express';
import type { Db } from '../../db/transaction';
import type { JsonObject } from '../../domain/json';
import { writeAudit, type Actor } from '../../privacy/audit-log';
import { routeOf } from '../http/answer-error';
import { callerOf } from './caller';

const UNKNOWN: Actor = { name: 'unknown', role: 'unknown' };

/** A customer who uses a signed link. */
export const THE_CUSTOMER: Actor = { name: 'customer', role: 'customer' };

/** Who makes a request, by its key. */
export function actorOf(request: Request): Actor {
  return callerOf(request) ?? UNKNOWN;
}

/**
 * Records in the audit log that a request reads or changes a customer. It is awaited before the answer
 * is sent, so that nothing is shown that the log does not have.
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
