import { createHash } from 'node:crypto';
import type { ProviderEvent } from '../channels/callbacks';
import type { ReportedMessage } from '../db/read-models/operations/reported-messages';
import { cutText } from '../domain/cut-text';
import { isErased } from '../domain/identity/erased';
import type { JsonObject } from '../domain/json';
import type { SystemEvent } from '../events/recorder';

/** A report about one of our messages. */
export type Report = Exclude<ProviderEvent, { readonly kind: 'received' }>;

const NAMES = {
  delivered: 'Message Delivered',
  bounced: 'Message Bounced',
  complained: 'Message Complained',
  opened: 'Message Opened',
  clicked: 'Message Clicked',
  replied: 'Message Replied',
} as const satisfies Readonly<Record<Report['kind'], string>>;

export function eventName(report: Report): string {
  return NAMES[report.kind];
}

/** Converts a provider's report to a system event, without details if the customer was erased. */
export function eventOfReport(
  provider: string,
  report: Report,
  message: ReportedMessage,
  now: Date,
): SystemEvent {
  const { id, customerId, channel } = message;
  const details = isErased(customerId) ? {} : detailsOf(report);
  return {
    messageId: callbackMessageId(provider, report.id),
    customerId,
    type: 'track',
    name: eventName(report),
    properties: { message_id: id, channel, ...kindOf(report), ...details },
    // A provider's clock may be ahead of ours.
    at: report.at > now ? now : report.at,
  };
}

/** The messageId of a provider's event, by which repeated reports are deduplicated. */
export function callbackMessageId(provider: string, eventId: string): string {
  const id = `callback:${provider}:${eventId}`;
  if (id.length <= 200) return id;
  return `callback:${provider}:sha256:${createHash('sha256').update(eventId).digest('hex')}`;
}

function kindOf(report: Report): JsonObject {
  return report.kind === 'bounced' ? { kind: report.bounce } : {};
}

function detailsOf(report: Report): JsonObject {
  return {
    ...(report.reason !== undefined && { reason: cutText(report.reason, 300) }),
    ...(report.kind === 'clicked' &&
      report.url !== undefined && { url: cutText(report.url, 2_000) }),
    ...(report.kind === 'replied' &&
      report.text !== undefined && { text: cutText(report.text, 1_000) }),
  };
}
