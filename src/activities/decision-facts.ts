import type { Policy } from '../app';
import type { Tx } from '../db/transaction';
import type { ChannelKind } from '../domain/channel-kind';
import type { ConsentRecord } from '../domain/consent/consent';
import { durationMs } from '../domain/duration';
import type { JsonObject } from '../domain/json';
import type { SentMessage } from '../domain/pacing/caps';
import { TRANSACTIONAL } from '../domain/purpose';
import type { DecideInput } from '../journey/engine-activities';
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

/**
 * @throws {Error} when the customer or the enrollment is gone; the caller's activity is then retried,
 *   and an erasure that deleted them also ends the workflow
 */
export async function gatherFacts(
  tx: Tx,
  policy: Policy,
  input: DecideInput,
): Promise<DecisionFacts> {
  const customer = await tx
    .selectFrom('customers')
    .select(['id', 'traits', 'time_zone', 'locale'])
    .where('id', '=', input.customerId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const [before, enrollment, consents, sent, suppressed, event, variant] = [
    await decidedBefore(tx, input.decisionId),
    await tx
      .selectFrom('enrollments')
      .select(['status', 'holdout'])
      .where('id', '=', input.enrollmentId)
      .executeTakeFirstOrThrow(),
    await tx
      .selectFrom('consents')
      .select(['channel', 'purpose', 'state', 'at'])
      .where('customer_id', '=', input.customerId)
      .execute(),
    await sentLately(tx, policy, input),
    await suppressedAddresses(tx, input, customer),
    await eventAbout(tx, input.aboutEventId),
    await armsOf(tx, input.customerId),
  ];
  return {
    customer: {
      id: customer.id,
      traits: customer.traits,
      timeZone: customer.time_zone,
      locale: customer.locale,
    },
    enrollment: { ended: enrollment.status !== 'active', holdout: enrollment.holdout },
    consents: consents.map((row) => ({ ...row, channel: row.channel as ConsentRecord['channel'] })),
    sent,
    suppressed,
    event,
    variant,
    before,
    basis: {
      zone: customer.time_zone,
      consents: consents
        .filter(({ purpose }) => purpose === input.purpose || purpose === '*')
        .map(({ channel, purpose, state, at }) => {
          return { channel, purpose, state, at: at.toISOString() };
        }),
      sentInLongestWindow: sent.length,
      caps: policy.caps.map(({ name, max, window }) => `${name}: ${max} in ${String(window)}`),
      holdout: enrollment.holdout,
      enrollmentStatus: enrollment.status,
    },
  };
}

async function decidedBefore(tx: Tx, decisionId: string): Promise<DecisionFacts['before']> {
  const row = await tx
    .selectFrom('decisions as d')
    .leftJoin('messages as m', 'm.decision_id', 'd.id')
    .select(['d.outcome', 'd.reason', 'd.deferrals', 'm.id', 'm.channel'])
    .where('d.id', '=', decisionId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { outcome, reason, id, channel } = row;
  return {
    outcome,
    reason,
    deferrals: row.deferrals as readonly object[],
    message: id === null || channel === null ? null : { id, channel },
  };
}

/** Marketing messages that may count in the longest window of any cap. */
async function sentLately(
  tx: Tx,
  policy: Policy,
  input: DecideInput,
): Promise<readonly SentMessage[]> {
  if (policy.caps.length === 0 || input.purpose === TRANSACTIONAL) return [];
  const longest = Math.max(...policy.caps.map(({ window }) => durationMs(window)));
  const rows = await tx
    .selectFrom('messages')
    .select(['decided_at', 'channel', 'purpose'])
    .where('customer_id', '=', input.customerId)
    .where('decided_at', '>', new Date(input.now - longest))
    .where('purpose', '<>', TRANSACTIONAL)
    // What certainly reached nobody does not use up the customer's attention.
    .where('status', 'not in', ['failed', 'suppressed'])
    .execute();
  return rows.map((row) => ({ at: row.decided_at, channel: row.channel, purpose: row.purpose }));
}

async function suppressedAddresses(
  tx: Tx,
  input: DecideInput,
  customer: { readonly id: string; readonly traits: JsonObject },
): Promise<ReadonlySet<string>> {
  const addresses = input.via
    .map((channel) => addressOf(channel as ChannelKind, customer, null)?.toLowerCase())
    .filter((address) => address !== undefined);
  if (addresses.length === 0) return new Set();
  const rows = await tx
    .selectFrom('suppressions')
    .select(['channel', 'address'])
    .where('address', 'in', addresses)
    .execute();
  return new Set(rows.map(({ channel, address }) => `${channel} ${address}`));
}

async function eventAbout(tx: Tx, eventId: string | null): Promise<DecisionFacts['event']> {
  if (eventId === null) return null;
  const row = await tx
    .selectFrom('events')
    .select(['name', 'properties', 'occurred_at'])
    .where('id', '=', eventId)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { name: row.name, properties: row.properties, occurredAt: row.occurred_at };
}

async function armsOf(tx: Tx, customerId: string): Promise<JsonObject> {
  const rows = await tx
    .selectFrom('assignments')
    .select(['experiment', 'arm'])
    .where('customer_id', '=', customerId)
    .execute();
  return Object.fromEntries(rows.map(({ experiment, arm }) => [experiment, arm]));
}
