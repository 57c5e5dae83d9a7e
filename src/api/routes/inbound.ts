import { z } from 'zod';
import { parseStatementTime } from '../customers/parse-statement-time';
import { takeInbound } from '../../consent/handle-inbound';
import { readToken } from '../centre/link-claim';
import { unsubscribe } from '../centre/unsubscribe';
import {
  channelDefinition,
  channelDefinitions,
  type ChannelKind,
} from '../../domain/channels/channel-kind';
import { answer } from '../contract/answers';
import { jsonBody } from '../contract/bodies';
import { reply, route } from '../contract/route';
import type { RouteDeps } from '../contract/route-deps';
import { invalid } from '../http/input';

const inboundKinds = () =>
  channelDefinitions().flatMap((each) => (each.inbound ? [each.kind] : []));

/** A channel on which customers write to us. */
const inboundChannel = z
  .string()
  .refine((kind): kind is ChannelKind => channelDefinition(kind)?.inbound !== undefined, {
    error: () => `expected one of ${inboundKinds().join(', ')}`,
  })
  .meta({
    get enum() {
      return inboundKinds();
    },
  });

/**
 * A message that somebody wrote to us. The webhook of every provider can be mapped to it: Twilio's
 * `MessageSid`, `From`, `Body` to id, from and text, Vonage's `messageId`, `msisdn`, `text`, an
 * inbound mail's Message-ID, sender, subject and text.
 */
const body = z.looseObject({
  id: z.string().min(1).max(150),
  channel: inboundChannel,
  from: z.string().min(3).max(320),
  text: z.string().max(20_000).default(''),
  subject: z.string().max(2_000).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});

/** A token of `signLink` within a text. */
const TOKEN = /(?<![\w.-])[\w-]{40,}\.[\w-]{43}(?![\w.-])/g;

const outcome = z.strictObject({
  keyword: z.enum(['stop', 'start', 'help']).nullable(),
  customers: z.int().min(0).meta({ description: 'How many customers have the address.' }),
  reply: z.string().nullable().meta({ description: 'What to send back; null for nothing.' }),
  language: z.string().nullable(),
});

export const postInboundMessage = route({
  method: 'POST',
  path: '/v1/inbound/messages',
  id: 'postInboundMessage',
  group: 'Consent and preferences',
  summary: 'A message that somebody wrote: STOP, START, HELP, or anything else',
  description: 'Also the mail by which a mail program unsubscribes. A repeated id has no effect.',
  roles: ['ingest'],
  body: jsonBody(body, { maxBytes: 64 * 1024 }),
  answers: { 200: answer('What was understood.', outcome) },
  audit: 'none',
  handle: async (deps, request) => {
    const given = request.body;
    const now = deps.clock.now();
    const { id, channel, subject = '' } = given;
    const from = senderIn(channel, given.from);
    const at = parseStatementTime(given.at, now);
    // Only a mail has a subject. Mail programs put the token or the keyword there.
    if (given.subject !== undefined) {
      const claim = unsubscriptionIn(deps, `${subject} ${given.text}`);
      if (claim !== undefined) {
        await unsubscribe(deps, claim, { messageId: claim.messageId, mail: id }, 'mailto');
        return reply(200, { keyword: 'stop', customers: 1, reply: null, language: null });
      }
    }
    const text = subject.trim() !== '' ? cleanSubject(subject) : given.text;
    const { settings, defaultLocale } = deps.centre;
    const inbound = {
      ...deps,
      brand: settings.brand ?? 'Throughline',
      ...(settings.replies !== undefined && { replies: settings.replies }),
      defaultLocale,
    };
    return reply(200, await takeInbound(inbound, { id, channel, from, text, at }, now));
  },
});

/**
 * The address of the sender, in its normal form.
 *
 * @throws {RequestError} `invalid` for a sender without an address
 */
function senderIn(channel: ChannelKind, from: string): string {
  const inbound = channelDefinition(channel)?.inbound;
  const address = inbound?.sender(from);
  if (address !== undefined) return address;
  throw invalid(
    `Found no address in \`from\`; send ${inbound?.senderForm ?? 'one'}, as the provider gave it.`,
  );
}

/** The claim of the token that the `mailto:` link of a mail puts into the subject. */
function unsubscriptionIn(deps: RouteDeps, text: string) {
  for (const [token] of text.matchAll(TOKEN)) {
    const claim = readToken(deps, token);
    if (typeof claim === 'object' && claim.act === 'unsubscribe') return claim;
  }
  return undefined;
}

/** A subject without reply prefixes and without an expired token. */
function cleanSubject(subject: string): string {
  return subject
    .replace(/^\s*(?:(?:re|aw|antw|fwd?|wg|tr|rép)\s*:\s*)+/i, '')
    .replaceAll(TOKEN, '')
    .trim();
}
