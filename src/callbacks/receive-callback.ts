import type { CallbackAnswer, CallbackRequest, ProviderEvent } from '../channels/callbacks';
import type { ChannelProvider } from '../channels/channel';
import { takeInboundIn, type InboundDeps } from '../consent/handle-inbound';
import {
  reportedMessages,
  type ReportedMessage,
} from '../db/read-models/operations/reported-messages';
import type { Tx } from '../db/transaction';
import { channelDefinition } from '../domain/channels/channel-kind';
import { RequestError } from '../domain/errors';
import { quarantine } from '../ingest/quarantine';
import type { Logger } from '../logger';
import { callbackMessageId, eventName, eventOfReport, type Report } from './event-of-report';

export interface CallbackDeps extends InboundDeps {
  readonly logger: Logger;
}

/** The number of a callback's events by outcome. */
export interface CallbackResult {
  /** Events that were applied. */
  readonly accepted: number;
  /** Events that had been reported before. */
  readonly duplicates: number;
  /** Events that were skipped: caused by machines, or about unknown messages. */
  readonly ignored: number;
}

export type CallbackOutcome =
  { readonly answer: CallbackAnswer } | { readonly result: CallbackResult };

/**
 * A more recent report about an unknown message is rejected, and the provider retries it: a report can
 * arrive before the response to the delivery has been stored.
 */
const MAX_REPORT_LEAD_MS = 2 * 60_000;

/**
 * Receives one callback: answers a challenge, verifies the signature, parses the events, and stores them in one
 * transaction. It returns after the commit.
 *
 * A report about a message that the provider never carried is quarantined. Opens and clicks of scanners
 * and proxies are skipped.
 *
 * @throws {RequestError} `unauthenticated` if the signature is missing, wrong or expired, `invalid` if the
 *   body is not in the provider's format, `unavailable` if the report arrived before its message is known
 */
export async function receiveCallback(
  deps: CallbackDeps,
  provider: ChannelProvider,
  request: CallbackRequest,
  now: Date,
): Promise<CallbackOutcome> {
  const { name, callbacks } = provider;
  if (callbacks === undefined) throw unknownProvider(name);
  const answer = callbacks.answer?.(request);
  if (answer !== undefined) return { answer };
  if (request.method === 'GET') throw noChallenge(name);
  const verdict = callbacks.verify(request, now);
  if (verdict !== 'genuine') {
    deps.logger.warn({ provider: name, reason: verdict.reason }, 'rejected a callback');
    throw new RequestError(
      'unauthenticated',
      verdict.reason === 'forged' ? 'forged-callback' : 'expired-callback',
      verdict.detail,
    );
  }
  const events = readEvents(provider, request);
  const { result, replies } = await deps.ingest.transact(async (tx, record) => {
    const stored = await storeReports(deps, tx, provider, events.filter(isReport), now);
    const answers: string[] = [];
    let received = 0;
    for (const event of events) {
      if (event.kind !== 'received') continue;
      const from = channelDefinition(provider.channel)?.inbound?.sender(event.from);
      if (from === undefined) continue;
      received++;
      const { channel } = provider;
      const at = event.at > now ? now : event.at;
      const message = { id: `${name}:${event.id}`, channel, from, text: event.text, at };
      const { reply } = await takeInboundIn(deps, { tx, record }, message, now);
      if (reply !== null) answers.push(reply);
    }
    const { accepted, duplicates } = stored;
    const ignored = events.length - accepted - duplicates - received;
    return { result: { accepted: accepted + received, duplicates, ignored }, replies: answers };
  });
  const response = replies.length > 0 ? callbacks.respond?.(replies) : undefined;
  return response === undefined ? { result } : { answer: response };
}

function noChallenge(name: string): RequestError {
  return new RequestError(
    'invalid',
    'malformed-callback',
    `Found a GET request that is not a challenge of ${name}; expected a challenge. Send reports with POST.`,
  );
}

/** The error for a provider that is not configured or has no callbacks. */
export function unknownProvider(name: string): RequestError {
  return new RequestError(
    'not-found',
    'unknown-provider',
    `Found no provider '${name}' with callbacks; expected a configured one. Check the callback URL at the provider, and the provider's settings here.`,
  );
}

function readEvents(
  { name, callbacks }: ChannelProvider,
  request: CallbackRequest,
): readonly ProviderEvent[] {
  try {
    return callbacks?.read(request) ?? [];
  } catch (cause) {
    const error = new RequestError(
      'invalid',
      'malformed-callback',
      `The body is not in the format of ${name}; check the version of its callbacks.`,
    );
    error.cause = cause;
    throw error;
  }
}

function isReport(event: ProviderEvent): event is Report {
  return event.kind !== 'received';
}

async function storeReports(
  deps: CallbackDeps,
  tx: Tx,
  { name }: ChannelProvider,
  reports: readonly Report[],
  now: Date,
): Promise<{ readonly accepted: number; readonly duplicates: number }> {
  const byPersons = [
    ...new Map(reports.filter(isByPerson).map((report) => [report.id, report])).values(),
  ];
  const messageOf = await findMessages(tx, name, byPersons);
  const known = byPersons.flatMap((report) => {
    const message = messageOf(report);
    return message === undefined ? [] : [eventOfReport(name, report, message, now)];
  });
  const unknown = byPersons.filter((report) => messageOf(report) === undefined);
  if (unknown.some(({ at }) => mayPrecedeItsMessage(at, now))) {
    throw new RequestError(
      'unavailable',
      'message-not-known-yet',
      `A report of ${name} is about a message whose delivery is not recorded yet. Retry in a minute.`,
    );
  }
  await quarantineUnknown(deps, tx, name, unknown, now);
  const accepted = await deps.ingest.recordAll(tx, known);
  return { accepted, duplicates: known.length - accepted };
}

/** A time in the future says nothing: waiting for it could reject the whole callback for hours. */
function mayPrecedeItsMessage(at: Date, now: Date): boolean {
  const ageMs = now.getTime() - at.getTime();
  return ageMs >= 0 && ageMs < MAX_REPORT_LEAD_MS;
}

function isByPerson(report: Report): boolean {
  return !((report.kind === 'opened' || report.kind === 'clicked') && report.machine === true);
}

async function findMessages(
  tx: Tx,
  provider: string,
  reports: readonly Report[],
): Promise<(report: Report) => ReportedMessage | undefined> {
  const messageIds = reports.flatMap(({ about }) =>
    'messageId' in about ? [about.messageId] : [],
  );
  const providerMessageIds = reports.flatMap(({ about }) =>
    'providerMessageId' in about ? [about.providerMessageId] : [],
  );
  const found = await reportedMessages(tx, provider, { messageIds, providerMessageIds });
  const byId = new Map(found.map((each) => [each.id, each]));
  const byProviderId = new Map(found.map((each) => [each.providerMessageId, each]));
  return ({ about }) =>
    'messageId' in about ? byId.get(about.messageId) : byProviderId.get(about.providerMessageId);
}

async function quarantineUnknown(
  { logger }: CallbackDeps,
  tx: Tx,
  provider: string,
  reports: readonly Report[],
  now: Date,
): Promise<void> {
  if (reports.length === 0) return;
  logger.warn({ provider, reports: reports.length }, 'quarantined reports about unknown messages');
  const items = reports.map((report) => ({
    messageId: callbackMessageId(provider, report.id),
    call: {
      type: 'track' as const,
      name: eventName(report),
      traits: {},
      properties: { provider, about: { ...report.about } },
      context: {},
      occurredAt: report.at,
    },
    reason: `The provider '${provider}' reported a message that it never carried here. Check that the callback URL is not shared with another system.`,
  }));
  await quarantine(tx, items, now);
}
