import type { ChannelKind } from '../../../domain/channels/channel-kind';
import type { ConsentRecord } from '../../../domain/consent/consent';
import { preferencesIn, type Preferences } from '../../../domain/consent/preferences';
import type { JsonObject } from '../../../domain/json';
import type { Db } from '../../transaction';
import { consentsOf } from './customer-profile';

export async function preferencesOf(db: Db, customerId: string): Promise<Preferences> {
  const row = await db
    .selectFrom('customer_preferences')
    .select('preferences')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return preferencesIn(row?.preferences);
}

/** What the page shows on which a customer chooses. */
export interface Chooser {
  readonly id: string;
  readonly traits: JsonObject;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly consents: readonly ConsentRecord[];
  readonly preferences: Preferences;
}

/** @returns undefined where there is no such customer */
export async function chooserOf(db: Db, id: string): Promise<Chooser | undefined> {
  const [customer, consents, preferences] = await Promise.all([
    db
      .selectFrom('customers')
      .select(['traits', 'locale', 'time_zone'])
      .where('id', '=', id)
      .executeTakeFirst(),
    consentsOf(db, id),
    preferencesOf(db, id),
  ]);
  if (customer === undefined) return undefined;
  return {
    id,
    traits: customer.traits,
    locale: customer.locale,
    timeZone: customer.time_zone,
    consents: consents.map((each) => ({
      purpose: each.purpose,
      channel: each.channel as ChannelKind | '*',
      state: each.state as ConsentRecord['state'],
      at: each.at,
    })),
    preferences,
  };
}
