import { toJsonb } from '../db/schema';
import { liftStop, suppressStopped } from '../db/stores/suppressions';
import type { Tx } from '../db/transaction';
import { customersByAddress } from '../db/read-models/customers/customers-by-address';
import { normalAddress, traitOf } from '../domain/channels/address-of';
import { channelDefinition, type ChannelKind } from '../domain/channels/channel-kind';
import { keywordIn } from '../texts/keywords';
import { preferencesIn } from '../domain/consent/preferences';
import { restartOf } from '../domain/consent/restart';
import type { JsonObject } from '../domain/json';
import { languageOf, TEXTS, type Language } from '../texts/languages';
import type { PreferenceCentreSettings } from '../texts/preference-centre';
import type { Keyword } from '../texts/texts';
import type { EventRecorder, Recorder } from '../events/recorder';
import { readConsents } from '../db/stores/consents';
import { changeConsentsIn, type ConsentChange } from './change-consents';
import { storePreferencesIn } from './change-preferences';
import type { JourneyIndex } from '../enrollments/journey-index';

/** A message from a person, independent of the provider whose webhook reported it. */
export interface InboundMessage {
  /** The provider's id of the message; a repeat has no further effect. */
  readonly id: string;
  readonly channel: ChannelKind;
  /** The sender's address, in the channel's normal form. */
  readonly from: string;
  readonly text: string;
  readonly at: Date;
}

export interface InboundAnswer {
  readonly keyword: Keyword | null;
  /** The number of customers with this address. */
  readonly customers: number;
  /** The reply to send; null for none. */
  readonly reply: string | null;
  readonly language: Language;
}

export interface InboundDeps {
  readonly ingest: EventRecorder;
  readonly index: JourneyIndex;
  /** The shop's name, with which replies begin. */
  readonly brand: string;
  /** The application's own replies, which replace the engine's. */
  readonly replies?: PreferenceCentreSettings['replies'];
  readonly defaultLocale: string;
}

/**
 * Handles a message from a person. STOP opts every customer with the address out of the channel,
 * START restores the subscriptions that STOP ended and confirms pending requests, HELP is answered
 * with a help text; each in every language of the texts. Any other message is stored as the event
 * `Message Received`.
 *
 * A STOP from an address without a customer suppresses the address on that channel until its START.
 *
 * @returns the reply for the provider to send; the same for a repeat
 */
export function takeInbound(
  deps: InboundDeps,
  message: InboundMessage,
  now: Date,
): Promise<InboundAnswer> {
  return deps.ingest.transact((tx, record) => takeInboundIn(deps, { tx, record }, message, now));
}

/** The same within a transaction of the caller's. */
export async function takeInboundIn(
  deps: InboundDeps,
  within: Within,
  message: InboundMessage,
  now: Date,
): Promise<InboundAnswer> {
  const { tx } = within;
  const { channel, id } = message;
  const claimed = await tx
    .insertInto('inbound_messages')
    .values({ channel, id, answer: '{}', received_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (claimed === undefined) return storedAnswer(tx, message);
  const answer = await answerTo(deps, within, message, now);
  await tx
    .updateTable('inbound_messages')
    .set({ answer: toJsonb(answer) })
    .where('channel', '=', channel)
    .where('id', '=', id)
    .execute();
  return answer;
}

async function storedAnswer(tx: Tx, { channel, id }: InboundMessage): Promise<InboundAnswer> {
  const { answer } = await tx
    .selectFrom('inbound_messages')
    .select('answer')
    .where('channel', '=', channel)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return answer as InboundAnswer;
}

interface Within {
  readonly tx: Tx;
  readonly record: Recorder;
}

async function answerTo(
  deps: InboundDeps,
  within: Within,
  message: InboundMessage,
  now: Date,
): Promise<InboundAnswer> {
  const { channel, from, text } = message;
  const found = keywordIn(firstLine(text));
  const customers = await customersByAddress(within.tx, traitOf(channel), from);
  const locale = found?.language ?? (await localeOf(within.tx, customers));
  const language = languageOf(locale, deps.defaultLocale);
  for (const customerId of customers) {
    await within.record({
      messageId: `inbound:${channel}:${message.id}:${customerId}`,
      customerId,
      type: 'track',
      name: 'Message Received',
      properties: {
        channel,
        ...(found ? { keyword: found.keyword } : { text: text.slice(0, 1_000) }),
      },
      at: message.at,
    });
  }
  const act = { deps, within, message, now, customers };
  const reply = found === undefined ? null : await replyTo(act, found.keyword);
  return {
    keyword: found?.keyword ?? null,
    customers: customers.length,
    reply:
      reply !== null && channelDefinition(channel)?.inbound?.answered === true
        ? (deps.replies?.[language]?.[reply] ?? TEXTS[language].replies[reply])(deps.brand)
        : null,
    language,
  };
}

interface Act {
  readonly deps: InboundDeps;
  readonly within: Within;
  readonly message: InboundMessage;
  readonly now: Date;
  readonly customers: readonly string[];
}

type Reply = 'stopped' | 'started' | 'confirmed' | 'nothingToStart' | 'help';

async function replyTo(act: Act, keyword: Keyword): Promise<Reply> {
  switch (keyword) {
    case 'stop':
      await stop(act);
      return 'stopped';
    case 'start':
      return start(act);
    case 'help':
      return 'help';
  }
}

async function stop({ deps, within, message, now, customers }: Act): Promise<void> {
  const { channel, at } = message;
  const change = { channel, purpose: '*', state: 'unsubscribed', source: 'keyword' } as const;
  for (const customerId of customers) {
    const changes = [{ ...change, proof: proofOf(message), at }];
    await changeConsentsIn({ ...within, index: deps.index }, customerId, changes, now);
  }
  if (customers.length > 0) return;
  await suppressStopped(within.tx, { channel, address: addressOf(message), at });
}

async function start({ deps, within, message, now, customers }: Act): Promise<Reply> {
  const { channel, at } = message;
  const lifted = await liftStop(within.tx, { channel, address: addressOf(message), at });
  let reply: Reply = lifted ? 'started' : 'nothingToStart';
  for (const customerId of customers) {
    const restarts = restartOf(await readConsents(within.tx, customerId), channel);
    if (restarts.length === 0) continue;
    const changes = restarts.map(({ purpose, was }): ConsentChange => {
      const source = was === 'pending' ? 'double-opt-in' : 'keyword';
      return { channel, purpose, state: 'subscribed', source, proof: proofOf(message), at };
    });
    await changeConsentsIn({ ...within, index: deps.index }, customerId, changes, now);
    await turnOn(within, customerId, channel, now);
    for (const { purpose, was } of restarts) {
      if (was !== 'pending') continue;
      await within.record({
        messageId: `confirm:${channel}:${message.id}:${customerId}:${purpose}`.slice(0, 255),
        customerId,
        type: 'track',
        name: 'Subscription Confirmed',
        properties: { topic: purpose, channel },
        at,
      });
    }
    const confirms = restarts.every(({ was }) => was === 'pending');
    reply = confirms && reply !== 'started' ? 'confirmed' : 'started';
  }
  return reply;
}

/** START also turns on a channel that the customer had turned off in their preferences. */
async function turnOn(
  within: Within,
  customerId: string,
  channel: InboundMessage['channel'],
  now: Date,
): Promise<void> {
  const row = await within.tx
    .selectFrom('customer_preferences')
    .select('preferences')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (preferencesIn(row?.preferences).channels[channel] !== false) return;
  const change = { channels: { [channel]: true } };
  await storePreferencesIn(within, customerId, change, { source: 'keyword', now });
}

function proofOf({ id, text }: InboundMessage): JsonObject {
  return { inboundMessage: id, text: firstLine(text).slice(0, 160) };
}

function addressOf({ channel, from }: InboundMessage): string {
  return normalAddress(channel, from).toLowerCase();
}

/** The text that the sender wrote; mail programs quote the original message below it. */
function firstLine(text: string): string {
  return text.trim().split(/\r?\n/, 1)[0] ?? '';
}

async function localeOf(tx: Tx, customers: readonly string[]): Promise<string | null> {
  if (customers.length === 0) return null;
  const row = await tx
    .selectFrom('customers')
    .select('locale')
    .where('id', 'in', [...customers])
    .where('locale', 'is not', null)
    .orderBy('updated_at', 'desc')
    .executeTakeFirst();
  return row?.locale ?? null;
}
