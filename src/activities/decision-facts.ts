import { sql, type Selectable } from 'kysely';
import type { Policy } from '../app';
import type { Database } from '../db/schema';
import type { Tx } from '../db/transaction';
import type { ChannelKind } from '../domain/channel-kind';
import type { ConsentRecord } from '../domain/consent/consent';
import { durationMs } from '../domain/duration';
import type { JsonObject } from '../domain/json';
import type { SentMessage } from '../domain/pacing/caps';
import { TRANSACTIONAL } from '../domain/purpose';
import type { DecideInput } from '../journey/engine-activities';
import type { AddressHasher } from '../privacy/address-hash';
import { addressOf } from './address';

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
  readonly sent: readonly SentMessage[];
  readonly event: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly occurredAt: Date;
  } | null;
  /** Experiment arms that the customer has been given, by experiment. */
  readonly variant: JsonObject;
  /** The numbers for the decision's record. */
  readonly basis: JsonObject;
  readonly before:
    | {
        readonly outcome: 'send' | 'skip' | 'defer';
        readonly reason: string;
        readonly deferrals: readonly object[];
        readonly message: { readonly id: string; readonly channel: ChannelKind } | null;
      }
    | undefined;
}

/** The facts as one row of JSON, as Postgres gives it; times are ISO 8601 texts. */
interface FactRow {
  readonly before: {
    readonly outcome: 'send' | 'skip' | 'defer';
    readonly reason: string;
    readonly deferrals: readonly object[];
    readonly messageId: string | null;
    readonly channel: ChannelKind | null;
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
  readonly event: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly occurredAt: string;
  } | null;
  readonly variant: JsonObject;
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
  input: DecideInput,
): Promise<DecisionFacts> {
  const { rows } = await sql<
    Pick<Selectable<Database['customers']>, 'id' | 'traits' | 'time_zone' | 'locale'>
  >`
    /* prepared */ select id, traits, time_zone, locale from customers
    where id = ${input.customerId} for update`.execute(tx);
  const [customer] = rows;
  if (customer === undefined) throw new Error(`There is no customer ${input.customerId}.`);
  const addresses = addressesOf(input, customer, hasher);
  const row = await readFacts(tx, policy, input, addresses);
  const { before, enrollment, consents, sent, event } = row;
  if (enrollment === null) throw new Error(`There is no enrollment ${input.enrollmentId}.`);
  return {
    customer: {
      id: customer.id,
      traits: customer.traits,
      timeZone: customer.time_zone,
      locale: customer.locale,
    },
    enrollment: { ended: enrollment.status !== 'active', holdout: enrollment.holdout },
    consents: consents.map((each) => ({ ...each, at: new Date(each.at) })),
    sent: sent.map((each) => ({ ...each, at: new Date(each.at) })),
    suppressed: new Set(
      row.suppressed.map(({ channel, address }) => `${channel} ${addresses.get(address) ?? ''}`),
    ),
    event: event && { ...event, occurredAt: new Date(event.occurredAt) },
    variant: row.variant,
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
                : { id: before.messageId, channel: before.channel },
          },
    basis: {
      zone: customer.time_zone,
      consents: consents.filter(({ purpose }) => purpose === input.purpose || purpose === '*'),
      sentInLongestWindow: sent.length,
      caps: policy.caps.map(({ name, max, window }) => `${name}: ${max} in ${String(window)}`),
      holdout: enrollment.holdout,
      enrollmentStatus: enrollment.status,
    },
  };
}

async function readFacts(
  tx: Tx,
  policy: Policy,
  input: DecideInput,
  addresses: ReadonlyMap<string, string>,
): Promise<FactRow> {
  const { customerId } = input;
  const { rows } = await sql<FactRow>`
    /* prepared */ select
      (select jsonb_build_object('outcome', d.outcome, 'reason', d.reason,
          'deferrals', d.deferrals, 'messageId', m.id, 'channel', m.channel)
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
          where address_hash = any(${[...addresses.keys()]})) as c) as consents,
      -- What certainly reached nobody does not use up the customer's attention.
      (select coalesce(jsonb_agg(jsonb_build_object(
          'at', decided_at, 'channel', channel, 'purpose', purpose)), '[]')
        from messages where customer_id = ${customerId} and decided_at > ${countedSince(policy, input)}
          and purpose <> ${TRANSACTIONAL} and status not in ('failed', 'suppressed')) as sent,
      (select coalesce(jsonb_agg(jsonb_build_object('channel', channel, 'address', address)), '[]')
        from suppressions where channel = any(${[...input.via]})
          and address = any(${[...addresses.keys()]})) as suppressed,
      (select jsonb_build_object(
          'name', name, 'properties', properties, 'occurredAt', occurred_at)
        from events where id = ${input.aboutEventId}) as event,
      (select coalesce(jsonb_object_agg(experiment, arm), '{}')
        from assignments where customer_id = ${customerId}) as variant`.execute(tx);
  return rows[0] as FactRow;
}

/**
 * The customer's addresses in lower case, by what may stand for each among the suppressions: itself,
 * or a keyed hash where its former customer was erased.
 */
function addressesOf(
  input: DecideInput,
  customer: { readonly id: string; readonly traits: JsonObject },
  hasher: AddressHasher,
): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const channel of input.via) {
    const address = addressOf(channel as ChannelKind, customer, null)?.toLowerCase();
    if (address === undefined || addresses.has(address)) continue;
    for (const each of [address, ...hasher.hashes(address)]) addresses.set(each, address);
  }
  return addresses;
}

const NEVER = new Date('9999-12-31T00:00:00Z');

/** The start of the longest window of any cap; for what no cap concerns, a time yet to come. */
function countedSince(policy: Policy, input: DecideInput): Date {
  if (policy.caps.length === 0 || input.purpose === TRANSACTIONAL) return NEVER;
  const longest = Math.max(...policy.caps.map(({ window }) => durationMs(window)));
  return new Date(input.now - longest);
}
