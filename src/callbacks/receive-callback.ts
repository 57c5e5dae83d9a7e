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

/** What became of the events of a callback. */
export interface CallbackResult {
  /** How many took effect. */
  readonly accepted: number;
  /** How many had been reported before. */
  readonly duplicates: number;
  /** How many were left out, because they say nothing about a person or about a message of ours. */
  readonly ignored: number;
}

export type CallbackOutcome =
  { readonly answer: CallbackAnswer } | { readonly result: CallbackResult };

/**
 * How long a report is refused for now whose message is unknown: a provider may report on a message
 * before its own answer to the delivery has been stored.
 */
const MAX_REPORT_LEAD_MS = 2 * 60_000;

/**
 * Receives one callback: answers a set-up request, verifies the signature, reads the events, and
 * stores them in one transaction. It returns after the commit.
 *
 * A report on a message that the provider never carried is put into quarantine, so that it is visible.
 * What scanners and proxies did is left out: only people open and click.
 *
 * @throws {RequestError} `unauthenticated` for a request that the provider did not sign, `invalid` for a
 *   body that is not in its format, `unavailable` for a report that came before its message is known
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
    deps.logger.warn({ provider: name, reason: verdict.reason }, 'refused a callback');
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
    `Found a GET request that is no challenge of ${name}; send reports with POST.`,
  );
}

/** The error for a provider that is not set up, or that has no callbacks. */
export function unknownProvider(name: string): RequestError {
  return new RequestError(
    'not-found',
    'unknown-provider',
    `Found no provider '${name}' with callbacks; expected one that is set up here. Check the address that was given to the provider, and its settings.`,
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
  const byPeople = [
    ...new Map(reports.filter(isByPerson).map((report) => [report.id, report])).values(),
  ];
  const messageOf = await findMessages(tx, name, byPeople);
  const known = byPeople.flatMap((report) => {
    const message = messageOf(report);
    return message === undefined ? [] : [eventOfReport(name, report, message, now)];
  });
  const unknown = byPeople.filter((report) => messageOf(report) === undefined);
  if (unknown.some(({ at }) => now.getTime() - at.getTime() < MAX_REPORT_LEAD_MS)) {
    throw new RequestError(
      'unavailable',
      'message-not-known-yet',
      `A report of ${name} is about a message whose delivery is not recorded yet; report it again in a minute.`,
    );
  }
  await keepUnknown(deps, tx, name, unknown, now);
  const accepted = await deps.ingest.recordAll(tx, known);
  return { accepted, duplicates: known.length - accepted };
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
  const byOurs = new Map(found.map((each) => [each.id, each]));
  const byTheirs = new Map(found.map((each) => [each.providerMessageId, each]));
  return ({ about }) =>
    'messageId' in about ? byOurs.get(about.messageId) : byTheirs.get(about.providerMessageId);
}

async function keepUnknown(
  { logger }: CallbackDeps,
  tx: Tx,
  provider: string,
  reports: readonly Report[],
  now: Date,
): Promise<void> {
  if (reports.length === 0) return;
  logger.warn({ provider, reports: reports.length }, 'a provider reports on unknown messages');
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
    reason: `The provider '${provider}' reports on a message that it never carried here. Check that the callback address belongs to this system alone.`,
  }));
  await quarantine(tx, items, now);
}
