import type { CompiledTemplate } from '../../templates/render';
import { lockCurrentCustomer, type CurrentCustomer } from '../../db/current-customer';
import type { AddressHasher } from '../../db/stores/address-hash';
import { prepared } from '../../db/sql/prepared';
import { suppressionKeys } from '../../db/stores/suppressions';
import type { Tx } from '../../db/transaction';
import { addressOf } from '../../domain/channels/address-of';
import { isChannelKind, type ChannelKind } from '../../domain/channels/channel-kind';
import { applyingConsent } from '../../domain/consent/consent';
import { preferencesIn } from '../../domain/consent/preferences';
import {
  boundFacts,
  MAX_CANDIDATES,
  type ChannelFacts,
  type DecisionFacts,
} from '../../domain/decision/facts';
import { capRules } from '../../domain/decision/gates';
import type { DecisionPolicy } from '../../domain/decision/policy';
import { durationMs } from '../../domain/duration';
import type { JsonObject } from '../../domain/json';
import { isTransactional } from '../../domain/purpose';
import { isZone } from '../../domain/schedule/zone';
import type { SendInput } from '../../journey/engine-activities';
import type { ProviderSelector } from '../delivery/provider-selector';
import type { Subject } from './facts/define-fact';
import { readFacts, type FactRow } from './facts/read-facts';

export interface GatherDeps {
  readonly policy: DecisionPolicy;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
  readonly providers: ProviderSelector;
  readonly hasher: AddressHasher;
}

/** The facts of one decision, and further data for rendering and recording. */
export interface Gathered {
  readonly facts: DecisionFacts;
  readonly customer: CurrentCustomer;
  readonly event: {
    readonly name: string;
    readonly properties: JsonObject;
    readonly occurredAt: Date;
  } | null;
  readonly earlier: FactRow['decidedBefore'];
}

/**
 * Locks the customer's row, and then reads all facts in a second statement: the snapshot of the
 * first one may be outdated when it gets the lock.
 *
 * @throws {Error} when the customer or the enrollment no longer exists; the activity is then retried
 *   until the erasure that deleted them also ends the workflow
 */
export async function gatherFacts(tx: Tx, deps: GatherDeps, input: SendInput): Promise<Gathered> {
  const { policy, hasher } = deps;
  const customer = await lockCurrentCustomer(tx, input.customerId);
  if (customer === undefined) throw new Error(`There is no customer ${input.customerId}.`);
  const addresses = addressesByKey(input, customer, hasher);
  const addressKeys = [...addresses.keys()];
  const subject = { input, customer, addressKeys, countedSince: countedSince(policy, input) };
  let row = await readFacts(tx, subject);
  if (row.sharedWith !== null && !isTransactional(input.purpose)) {
    await lockOtherCustomer(tx, row.sharedWith);
    row = await readFacts(tx, subject);
  }
  const event = row.aboutEvent;
  return {
    facts: decisionFacts(deps, subject, addresses, row),
    customer,
    event: event && { ...event, occurredAt: new Date(event.occurredAt) },
    earlier: row.decidedBefore,
  };
}

function decisionFacts(
  deps: GatherDeps,
  { input, customer }: Subject,
  addresses: ReadonlyMap<string, string>,
  row: FactRow,
): DecisionFacts {
  const { now, purpose, overdue } = input;
  const { enrollment } = row;
  if (enrollment === null) throw new Error(`There is no enrollment ${input.enrollmentId}.`);
  const requested = [...new Set(input.via)].filter(isChannelKind).slice(0, MAX_CANDIDATES);
  const template = deps.templates.get(input.template);
  const suppressed = new Set(
    row.suppressed.map(({ channel, address }) => `${channel} ${addresses.get(address) ?? ''}`),
  );
  const reached = new Set(row.reached.map(({ channel, address }) => `${channel} ${address}`));
  const consents = row.consents.map((each) => ({ ...each, at: new Date(each.at) }));
  const applying = requested.map((channel) => applyingConsent(consents, channel, purpose));
  const channels = requested.map((channel, index): ChannelFacts => {
    const provider = deps.providers.get(channel);
    const address = addressOf(channel, customer, provider?.address ?? null);
    const key = `${channel} ${address?.toLowerCase() ?? ''}`;
    return {
      channel,
      content: template?.channels.includes(channel) === true,
      provider: provider !== undefined,
      address: address !== null,
      suppressed: address !== null && suppressed.has(key),
      reached: address !== null && reached.has(key),
      consent: applying[index]?.state ?? 'none',
      cost: provider?.costOf({ address }) ?? 0,
    };
  });
  const messages = row.sent.map(({ at, channel, purpose: of }): [number, ChannelKind, string] => [
    Date.parse(at),
    channel,
    of,
  ]);
  const deferrals = row.decidedBefore?.deferrals ?? [];
  const since = now - longestWindowMs(deps.policy);
  const facts: DecisionFacts = {
    v: 1,
    now,
    purpose,
    overdue,
    enrollment,
    zone: isZone(customer.timeZone) ? customer.timeZone : null,
    channels,
    ...(row.preferences !== null && {
      preferences: relevantPreferences(row.preferences, requested, purpose),
    }),
    sent: { messages },
    waitedFor: [
      ...new Set(
        deferrals.filter(({ until }) => Date.parse(until) <= now).map(({ reason }) => reason),
      ),
    ],
    unrenderable: null,
    consents: [...new Set(applying)]
      .filter((each) => each !== undefined)
      .map((each) => ({ ...each, at: each.at.toISOString() })),
    sentInLongestWindow: messages.filter(([at]) => at > since).length,
    sentInAWeek: messages.filter(([at]) => at > now - WEEK_MS).length,
  };
  return boundFacts(facts, capRules(deps.policy, facts));
}

/** The preferences that concern these channels and this purpose. */
function relevantPreferences(
  stored: JsonObject,
  channels: readonly ChannelKind[],
  purpose: string,
): JsonObject {
  const all = preferencesIn(stored);
  const pick = (flags: Readonly<Record<string, boolean>>, names: readonly string[]) =>
    Object.fromEntries(Object.entries(flags).filter(([name]) => names.includes(name)));
  return {
    ...all,
    channels: pick(all.channels, channels),
    topics: pick(all.topics, [purpose]),
    pausedUntil: all.pausedUntil && new Date(all.pausedUntil).toISOString(),
  };
}

/**
 * Locks the customer who shares the address, which serializes decisions about one address. It does
 * not wait for the lock, since that could deadlock: the transaction is rolled back and retried.
 */
async function lockOtherCustomer(tx: Tx, customerId: string): Promise<void> {
  await prepared`select from customers where id = ${customerId}
    for no key update nowait`.execute(tx);
}

/** The customer's addresses in lower case, by the keys under which they may be suppressed. */
function addressesByKey(
  input: SendInput,
  customer: CurrentCustomer,
  hasher: AddressHasher,
): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const channel of input.via) {
    const address = addressOf(channel as ChannelKind, customer, null)?.toLowerCase();
    if (address === undefined || addresses.has(address)) continue;
    for (const key of suppressionKeys(hasher, address)) addresses.set(key, address);
  }
  return addresses;
}

/** The customer's own cap counts messages of a week, independent of the policy's caps. */
const WEEK_MS = 7 * 86_400_000;

const NEVER = new Date('9999-12-31T00:00:00Z');

function countedSince(policy: DecisionPolicy, { purpose, now }: SendInput): Date {
  if (isTransactional(purpose)) return NEVER;
  return new Date(now - Math.max(longestWindowMs(policy), WEEK_MS));
}

/** The longest window of the policy's caps, in milliseconds; 0 if there are none. */
function longestWindowMs({ caps }: DecisionPolicy): number {
  return Math.max(0, ...caps.map(({ window }) => durationMs(window)));
}
