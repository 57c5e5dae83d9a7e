import { objectOfCell } from '../tabular/cell';
import { fieldNames } from '../tabular/columns';
import type { CallReader } from './call-store';
import { reject } from './row-fields';

const FIELDS = [
  ...['user_id', 'anonymous_id', 'email', 'phone', 'timezone', 'locale', 'traits'],
  // Further columns of an export, which an import ignores.
  ...['customer_id', 'created_at', 'updated_at', 'identifiers'],
] as const;

/**
 * Customers: their identifiers and traits. Each row is an identify call; any column that is not a known
 * field is a trait.
 */
export const customerRows: CallReader = {
  fields: fieldNames(FIELDS, { time_zone: 'timezone', 'e-mail': 'email', mobile: 'phone' }),
  identifiedBy: ['user_id', 'anonymous_id', 'email'],
  // An unknown customer is created; an address alone identifies a customer without another identifier.
  unknownEmail: (email) => ({ kind: 'anonymous_id', value: `email:${email}` }),
  read({ text, own }, who, messageId) {
    const traits = objectOfCell(text('traits'));
    if (traits === undefined) return reject('Found traits that are not a JSON object.');
    const email = text('email');
    if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) {
      return reject('Found an invalid e-mail address; correct it, or leave it empty.');
    }
    const phone = text('phone');
    const body = {
      ...who,
      messageId,
      traits: {
        ...traits,
        ...own,
        ...(email !== '' && { email }),
        ...(phone !== '' && { phone }),
      },
      context: {
        source: 'import',
        ...(text('timezone') !== '' && { timezone: text('timezone') }),
        ...(text('locale') !== '' && { locale: text('locale') }),
      },
    };
    return { ok: true, value: { type: 'identify', body } };
  },
};
