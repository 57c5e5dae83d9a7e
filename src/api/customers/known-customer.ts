import type { Request } from 'express';
import { findCustomer } from '../../db/read-models/customers/find-customer';
import type { Db } from '../../db/transaction';
import { RequestError } from '../../domain/errors';
import { audit } from '../auth/audit';
import { pathText } from '../contract/inputs';

/** A customer in a path. */
export const CUSTOMER = {
  id: pathText(
    'A user id, an anonymous id or a customer id, or `user_id:…`, `anonymous_id:…` or `email:…`.',
    'ada',
  ),
};

/** The errors of a route whose path names a customer. */
export const CUSTOMER_ERRORS = { 404: ['unknown-customer'], 409: ['ambiguous-customer'] } as const;

/**
 * Finds the customer that a path names, and records the request in the audit log.
 *
 * @returns the id of the customer
 * @throws {RequestError} `not-found` where there is none, `conflict` where there are several
 */
export async function knownCustomer(
  db: Db,
  { params, raw }: { readonly params: { readonly id: string }; readonly raw: Request },
): Promise<string> {
  const id = await customerNamed(db, params.id);
  await audit(db, raw, id);
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
        `Found ${found.ids.length} customers with this e-mail address; send the id of one of them.`,
        { ids: found.ids },
      );
    case 'none':
      throw unknownCustomer();
  }
}

export function unknownCustomer(): RequestError {
  return new RequestError(
    'not-found',
    'unknown-customer',
    'Found no customer with this id; expected a user id, an anonymous id, a customer id, or user_id:..., anonymous_id:... or email:....',
  );
}
