import { sql } from 'kysely';
import type { Policy } from '../../app';
import { prepared } from '../../db/sql/prepared';
import { lockCurrentCustomer } from '../../db/current-customer';
import type { Tx } from '../../db/transaction';
import type { ChannelKind } from '../../domain/channels/channel-kind';
import type { ConsentRecord } from '../../domain/consent/consent';
import { NO_PREFERENCES, preferencesIn, type Preferences } from '../../domain/consent/preferences';
import { durationMs } from '../../domain/duration';
import { comparableEmail, comparablePhone } from '../../domain/identity/address-forms';
import type { JsonObject } from '../../domain/json';
import type { SentMessage } from '../../domain/decision/caps';
import { isTransactional, TRANSACTIONAL } from '../../domain/purpose';
import type { SendInput } from '../../journey/engine-activities';
import type { AddressHasher } from '../../db/stores/address-hash';
import { suppressionKeys } from '../../db/stores/suppressions';
import { addressOf } from '../../domain/channels/address-of';

/** Everything that a decision weighs, as it stands under the customer's row lock. */
export interface DecisionFacts {
  readonly customer: {
    readonly id: string;
    readonly traits: JsonObject;
    readonly timeZone: string | null;
    readonly locale: string | null;
  };
  readonly enrollment: { readonly ended: boolean; readonly holdout: boolean };
  readonly consents: readonly ConsentRecord[];
  /** `channel address`, the address in lower case. */
  readonly suppressed: ReadonlySet<string>;
  /** The same, of addresses at which somebody else has just got this message. */
  readonly reached: ReadonlySet<string>;
  readonly sent: readonly SentMessage[];
  readonly preferences: Preferences;
  readonly event: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly occurredAt: Date;
  } | null;
  /** The numbers for the decision's record. */
  readonly basis: JsonObject;
  readonly before:
    | {
        readonly outcome: 'send' | 'skip' | 'defer';
        readonly reason: string;
        readonly deferrals: readonly Deferral[];
        readonly message: {
          readonly id: string;
          readonly channel: ChannelKind;
          readonly provider: string;
        } | null;
      }
    | undefined;
}

/** One wait of a message; both times are ISO 8601 texts. */
interface Deferral {
  readonly at: string;
  readonly until: string;
  readonly reason: string;
}

/** The facts as one row of JSON, as Postgres gives it; times are ISO 8601 texts. */
interface FactRow {
  readonly before: {
    readonly outcome: 'send' | 'skip' | 'defer';
    readonly reason: string;
    readonly deferrals: readonly Deferral[];
    readonly messageId: string | null;
    readonly channel: ChannelKind | null;
    readonly provider: string | null;
  } | null;
  readonly enrollment: { readonly status: string; readonly holdout: boolean } | null;
  readonly consents: readonly {
    readonly channel: ConsentRecord['channel'];
    readonly purpose: string;
    readonly state: ConsentRecord['state'];
    readonly at: string;
  }[];
  readonly sent: readonly {
    readonly at: string;
    readonly channel: ChannelKind;
    readonly purpose: string;
  }[];
  readonly suppressed: readonly { readonly channel: string; readonly address: string }[];
  readonly reached: readonly string[];
  readonly sharedWith: string | null;
  readonly preferences: JsonObject | null;
  readonly event: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly occurredAt: string;
  } | null;
}

/**
 * Locks the customer's row and then reads the rest in one statement. They have to be two: what one
 * statement reads is as old as the statement, and it may have waited for the lock.
 *
 * @throws {Error} when the customer or the enrollment is gone; the caller's activity is then retried,
 *   and an erasure that deleted them also ends the workflow
 */
export async function gatherFacts(
  tx: Tx,
  { policy, hasher }: { readonly policy: Policy; readonly hasher: AddressHasher },
  input: SendInput,
): Promise<DecisionFacts> {
  const customer = await lockCurrentCustomer(tx, input.customerId);
  if (customer === undefined) throw new Error(`There is no customer ${input.customerId}.`);
  const addresses = addressesOf(input, customer, hasher);
  let row = await readFacts(tx, policy, input, customer, addresses);
  if (row.sharedWith !== null && !isTransactional(input.purpose)) {
    await lockBesides(tx, row.sharedWith);
    row = await readFacts(tx, policy, input, customer, addresses);
  }
  const { before, enrollment, consents, sent, event } = row;
  if (enrollment === null) throw new Error(`There is no enrollment ${input.enrollmentId}.`);
  return {
    customer,
    enrollment: { ended: enrollment.status !== 'active', holdout: enrollment.holdout },
    consents: consents.map((each) => ({ ...each, at: new Date(each.at) })),
    sent: sent.map((each) => ({ ...each, at: new Date(each.at) })),
    suppressed: new Set(
      row.suppressed.map(({ channel, address }) => `${channel} ${addresses.get(address) ?? ''}`),
    ),
    reached: new Set(row.reached),
    preferences: row.preferences === null ? NO_PREFERENCES : preferencesIn(row.preferences),
    event: event && { ...event, occurredAt: new Date(event.occurredAt) },
    before:
      before === null
        ? undefined
        : {
            outcome: before.outcome,
            reason: before.reason,
            deferrals: before.deferrals,
            message:
              before.messageId === null || before.channel === null
                ? null
                : {
                    id: before.messageId,
                    channel: before.channel,
                    provider: before.provider ?? '',
                  },
          },
    basis: {
      zone: customer.timeZone,
      consents: consents.filter(({ purpose }) => purpose === input.purpose || purpose === '*'),
      sentInLongestWindow: sent.filter(({ at }) => new Date(at) > countedSince(policy, input))
        .length,
      sentInAWeek: sent.filter(({ at }) => new Date(at).getTime() > input.now - WEEK_MS).length,
      caps: policy.caps.map(({ name, max, window }) => `${name}: ${max} in ${String(window)}`),
      holdout: enrollment.holdout,
      enrollmentStatus: enrollment.status,
      ...(row.preferences !== null && { preferences: row.preferences }),
    },
  };
}

/**
 * Locks the customer whose the address is too, so that two decisions on one address follow each
 * other. It does not wait: theirs may wait for us, so we let go and begin again.
 */
async function lockBesides(tx: Tx, customerId: string): Promise<void> {
  await prepared`select from customers where id = ${customerId}
    for no key update nowait`.execute(tx);
}

async function readFacts(
  tx: Tx,
  policy: Policy,
  input: SendInput,
  customer: { readonly id: string; readonly traits: JsonObject },
  addresses: ReadonlyMap<string, string>,
): Promise<FactRow> {
  const { id: customerId } = customer;
  const { kinds, values } = addressIdentifiers(customer.traits);
  const keys = [...addresses.keys()];
  const { rows } = await prepared<FactRow>`select
      (select jsonb_build_object('outcome', d.outcome, 'reason', d.reason,
          'deferrals', d.deferrals, 'messageId', m.id, 'channel', m.channel, 'provider', m.provider)
        from decisions d left join messages m on m.decision_id = d.id
        where d.id = ${input.decisionId}) as before,
      (select jsonb_build_object('status', status, 'holdout', holdout)
        from enrollments where id = ${input.enrollmentId}) as enrollment,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'channel', channel, 'purpose', purpose, 'state', state, 'at', at)), '[]')
        from (
          select channel, purpose, state, at from consents where customer_id = ${customerId}
          union all
          -- Said by somebody who was erased since, of an address that is this customer's now.
          select channel, purpose, 'unsubscribed', at from erased_opt_outs
          where address_hash = any(${keys})) as c) as consents,
      -- What certainly reached nobody does not use up the customer's attention.
      (select coalesce(jsonb_agg(jsonb_build_object(
          'at', decided_at, 'channel', channel, 'purpose', purpose)), '[]')
        from messages where customer_id = ${customerId} and decided_at > ${lookedAtSince(policy, input)}
          and purpose <> ${TRANSACTIONAL} and status not in ('failed', 'suppressed')) as sent,
      (select coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'address', address)), '[]')
        from suppressions where channel = any(${[...input.via]})
          and address = any(${keys})) as suppressed,
      (select coalesce(jsonb_agg(m.channel || ' ' || lower(m.address)), '[]')
        from messages m
        where lower(m.address) = any(${keys}) and m.decided_at > ${reachedSince(input)}
          and m.purpose <> ${sql.lit(TRANSACTIONAL)} and m.template = ${input.template}
          and m.customer_id <> ${customerId} and m.status not in ('failed', 'suppressed'))
        as reached,
      (select i.customer_id
        from unnest(${kinds}::text[], ${values}::text[]) as a (kind, value)
        cross join lateral (
          select customer_id from identifiers where kind = a.kind and value = a.value offset 0) i
        where i.customer_id <> ${customerId} limit 1) as "sharedWith",
      (select preferences from customer_preferences
        where customer_id = ${customerId}) as preferences,
      (select jsonb_build_object(
          'name', name, 'properties', properties, 'occurredAt', occurred_at)
        from events where id = ${input.aboutEventId}) as event`.execute(tx);
  return rows[0] as FactRow;
}

/** How long the same message to somebody else at an address counts as this one, in milliseconds. */
const SAME_MESSAGE = 24 * 3_600_000;

function reachedSince({ purpose, now }: SendInput): Date {
  return isTransactional(purpose) ? NEVER : new Date(now - SAME_MESSAGE);
}

/** A customer's addresses as identifiers, by which it is found whether they are somebody else's too. */
function addressIdentifiers({ email, phone }: JsonObject) {
  const found = [
    ['email', typeof email === 'string' ? comparableEmail(email) : undefined],
    ['phone', typeof phone === 'string' ? comparablePhone(phone) : undefined],
  ].filter(([, value]) => value !== undefined);
  return { kinds: found.map(([kind]) => kind), values: found.map(([, value]) => value) };
}

/** The customer's own limit counts a week; it is read together with the messages it counts. */
const WEEK_MS = 7 * 86_400_000;

function lookedAtSince(policy: Policy, input: SendInput): Date {
  if (input.purpose === TRANSACTIONAL) return NEVER;
  return new Date(Math.min(countedSince(policy, input).getTime(), input.now - WEEK_MS));
}

/**
 * The customer's addresses in lower case, by what may stand for each among the suppressions: itself,
 * or a keyed hash where its former customer was erased.
 */
function addressesOf(
  input: SendInput,
  customer: { readonly id: string; readonly traits: JsonObject },
  hasher: AddressHasher,
): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const channel of input.via) {
    const address = addressOf(channel as ChannelKind, customer, null)?.toLowerCase();
    if (address === undefined || addresses.has(address)) continue;
    for (const each of suppressionKeys(hasher, address)) addresses.set(each, address);
  }
  return addresses;
}

const NEVER = new Date('9999-12-31T00:00:00Z');

/** The start of the longest window of any cap; for what no cap concerns, a time yet to come. */
function countedSince(policy: Policy, input: SendInput): Date {
  if (policy.caps.length === 0 || input.purpose === TRANSACTIONAL) return NEVER;
  const longest = Math.max(...policy.caps.map(({ window }) => durationMs(window)));
  return new Date(input.now - longest);
}
