import { objectOfCell } from '../tabular/cell';
import { fieldNames } from '../tabular/columns';
import type { CallReader } from './call-store';
import { reject } from './row-fields';

const FIELDS = [
  ...['user_id', 'anonymous_id', 'email', 'phone', 'timezone', 'locale', 'traits'],
  // What an export says besides; it is this system's own business.
  ...['customer_id', 'created_at', 'updated_at', 'identifiers'],
] as const;

/**
 * Customers: who they are and what is known of them. Each row is an identify call; any column that
 * is no known field is a trait.
 */
export const customerRows: CallReader = {
  fields: fieldNames(FIELDS, { time_zone: 'timezone', 'e-mail': 'email', mobile: 'phone' }),
  identifiedBy: ['user_id', 'anonymous_id', 'email'],
  // Who is not known yet is made; an address alone stands for a customer who gave no other name.
  unknownEmail: (email) => ({ kind: 'anonymous_id', value: `email:${email}` }),
  read({ text, own }, who, messageId) {
    const traits = objectOfCell(text('traits'));
    if (traits === undefined) return reject('Found traits that are no JSON object.');
    const email = text('email');
    if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) {
      return reject('Found an e-mail address that is none; mend it, or leave it empty.');
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
