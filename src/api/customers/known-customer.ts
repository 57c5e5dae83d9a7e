import type { Request } from 'express';
import { findCustomer } from '../../db/read-models/customers/find-customer';
import type { Db } from '../../db/transaction';
import { RequestError } from '../../domain/errors';
import { audit } from '../auth/audit';
import { pathText } from '../http/input';

/**
 * The id of the customer that a path names; the audit log says that somebody asked.
 *
 * @throws {RequestError} `not-found` for nobody
 */
export async function knownCustomer(db: Db, request: Request): Promise<string> {
  const id = await customerNamed(db, pathText(request, 'id'));
  await audit(db, request, id);
  return id;
}

export async function customerNamed(db: Db, reference: string): Promise<string> {
  const found = await findCustomer(db, reference);
  switch (found.found) {
    case 'one':
      return found.id;
    case 'several':
      throw new RequestError(
        'conflict',
        'ambiguous-customer',
        `Found ${found.ids.length} customers with this e-mail address; name one of them by its id.`,
        { ids: found.ids },
      );
    case 'none':
      throw new RequestError(
        'not-found',
        'unknown-customer',
        'Found no customer of this id; expected a user id, an anonymous id, a customer id, or user_id:..., anonymous_id:... or email:....',
      );
  }
}
