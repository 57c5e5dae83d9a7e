import { Router } from 'express';
import { z } from 'zod';
import { parseStatementTime } from '../customers/parse-statement-time';
import { takeInbound } from '../../consent/handle-inbound';
import { addRoute } from '../http/add-route';
import type { ApiDeps } from '../api-deps';
import { readBytes } from '../http/read-body';
import type { Centre } from '../centre/centre';
import { readToken } from '../centre/link-claim';
import { unsubscribe } from '../centre/unsubscribe';
import {
  channelDefinition,
  channelDefinitions,
  type ChannelKind,
} from '../../domain/channels/channel-kind';
import { invalid, readInput } from '../http/input';
import { requireKey } from '../auth/check-key';

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
 * A message that somebody wrote to us. Every provider's webhook can be mapped to it: Twilio's
 * `MessageSid`, `From`, `Body` to id, from and text, Vonage's `messageId`, `msisdn`, `text`, an
 * inbound mail's Message-ID, sender, subject and text.
 */
const body = z.object({
  id: z.string().min(1).max(150),
  channel: inboundChannel,
  from: z.string().min(3).max(320),
  text: z.string().max(20_000).default(''),
  subject: z.string().max(2_000).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});

/** What `signLink` makes, as a word of its own. */
const TOKEN = /(?<![\w.-])[\w-]{40,}\.[\w-]{43}(?![\w.-])/g;

type Deps = Pick<ApiDeps, 'db' | 'ingest' | 'index' | 'links' | 'clock' | 'keys'> & {
  readonly centre: Centre;
};

/** STOP, START and HELP by SMS and WhatsApp, and unsubscriptions that come by mail. */
export function createInboundRoutes(deps: Deps): Router {
  const router = Router();
  addRoute(router, '/v1/inbound/messages', {
    post: [
      requireKey(deps.keys, ['ingest']),
      readBytes(64 * 1024),
      async (request, response) => {
        const given = readInput(request, body);
        const now = deps.clock.now();
        const { id, channel, subject = '' } = given;
        const from = senderIn(channel, given.from);
        const at = parseStatementTime(given.at, now);
        // Only a mail has a subject. Mail programs put the token or the keyword there.
        if (given.subject !== undefined) {
          const claim = unsubscriptionIn(deps, `${subject} ${given.text}`);
          if (claim !== undefined) {
            await unsubscribe(deps, claim, { messageId: claim.messageId, mail: id }, 'mailto');
            response.json({ keyword: 'stop', customers: 1, reply: null, language: null });
            return;
          }
        }
        const text = subject.trim() !== '' ? bare(subject) : given.text;
        const message = { id, channel, from, text, at };
        const { settings, defaultLocale } = deps.centre;
        const inbound = { ...deps, brand: settings.brand ?? 'Throughline', defaultLocale };
        response.json(await takeInbound(inbound, message, now));
      },
    ],
  });
  return router;
}

/**
 * The address of the writer, in its normal form.
 *
 * @throws {RequestError} 400 for a text that holds no address
 */
function senderIn(channel: ChannelKind, from: string): string {
  const inbound = channelDefinition(channel)?.inbound;
  const address = inbound?.sender(from);
  if (address !== undefined) return address;
  throw invalid(
    `Found no address in \`from\`; send ${inbound?.senderForm ?? 'one'}, as the provider gave it.`,
  );
}

/** The claim of the token that the `mailto:` of a mail put into the subject. */
function unsubscriptionIn(deps: Deps, text: string) {
  for (const [token] of text.matchAll(TOKEN)) {
    const claim = readToken(deps, token);
    if (typeof claim === 'object' && claim.act === 'unsubscribe') return claim;
  }
  return undefined;
}

/** A subject without the marks of a reply, and without a token that is good no longer. */
function bare(subject: string): string {
  return subject
    .replace(/^\s*(?:(?:re|aw|antw|fwd?|wg|tr|rép)\s*:\s*)+/i, '')
    .replaceAll(TOKEN, '')
    .trim();
}
