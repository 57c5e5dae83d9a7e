import { sql } from 'kysely';
import { preferencesIn, type Preferences } from '../../../domain/consent/preferences';
import { isChannelKind } from '../../../domain/channels/channel-kind';
import { consentState, type ConsentRecord } from '../../../domain/consent/consent';
import type { JsonObject } from '../../../domain/json';
import type { Db } from '../../transaction';

export interface CustomerProfile {
  readonly id: string;
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
  readonly traits: JsonObject;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly consents: readonly HeldConsent[];
  readonly preferences: Preferences;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly counts: {
    readonly events: number;
    readonly enrollments: number;
    readonly activeEnrollments: number;
    readonly decisions: number;
    readonly messages: number;
    readonly unreadInboxItems: number;
  };
}

export interface ConsentLine {
  readonly channel: string;
  readonly purpose: string;
  readonly state: string;
  readonly at: Date;
}

/** The consent that applies to a channel and purpose. */
export interface HeldConsent extends ConsentLine {
  /** The statement for exactly this channel and purpose, if a wildcard overrides it. */
  readonly said?: string;
}

export async function customerProfile(db: Db, id: string): Promise<CustomerProfile | undefined> {
  const [row, identifiers, consents] = await Promise.all([
    db
      .selectFrom('customers as c')
      .leftJoin('customer_preferences as p', 'p.customer_id', 'c.id')
      .selectAll('c')
      .select('p.preferences')
      .select([
        countOf('events', id).as('events'),
        countOf('enrollments', id).as('enrollments'),
        countOf('enrollments', id, sql`and status = 'active'`).as('active'),
        countOf('decisions', id).as('decisions'),
        countOf('messages', id).as('messages'),
        countOf('inbox_items', id, sql`and read_at is null`).as('unread'),
      ])
      .where('c.id', '=', id)
      .executeTakeFirst(),
    db
      .selectFrom('identifiers')
      .select(['kind', 'value'])
      .where('customer_id', '=', id)
      .orderBy('created_at')
      .orderBy('kind')
      .orderBy('value')
      .execute(),
    heldConsents(db, id),
  ]);
  if (row === undefined) return undefined;
  return {
    id: row.id,
    identifiers,
    traits: row.traits,
    timeZone: row.time_zone,
    locale: row.locale,
    consents,
    preferences: preferencesIn(row.preferences),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    counts: {
      events: row.events,
      enrollments: row.enrollments,
      activeEnrollments: row.active,
      decisions: row.decisions,
      messages: row.messages,
      unreadInboxItems: row.unread,
    },
  };
}

/**
 * The state that applies to each channel and purpose with a statement. A statement for all channels
 * or purposes overrides earlier ones for a single channel or purpose.
 */
export async function heldConsents(db: Db, customerId: string): Promise<readonly HeldConsent[]> {
  const lines = await consentsOf(db, customerId);
  const records = lines as readonly ConsentRecord[];
  return lines.map((line) => {
    const { channel, purpose } = line;
    const one = isChannelKind(channel) && purpose !== '*';
    const state = one ? consentState(records, channel, purpose) : line.state;
    return { ...line, state, ...(state !== line.state && { said: line.state }) };
  });
}

export function consentsOf(db: Db, customerId: string): Promise<readonly ConsentLine[]> {
  return db
    .selectFrom('consents')
    .select(['channel', 'purpose', 'state', 'at'])
    .where('customer_id', '=', customerId)
    .orderBy('purpose')
    .orderBy('channel')
    .execute();
}

function countOf(
  table: 'events' | 'enrollments' | 'decisions' | 'messages' | 'inbox_items',
  id: string,
  condition = sql``,
) {
  return sql<number>`(select count(*) from ${sql.table(table)} where customer_id = ${id} ${condition})`;
}
