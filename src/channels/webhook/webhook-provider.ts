import { Webhook } from 'standardwebhooks';
import { systemClock, type Clock } from '../../domain/clock';
import { z } from 'zod';
import type { ContentOf, OutgoingMessage } from '../channel';
import { defineProvider, type ProviderClient } from '../define-provider';
import { PermanentSendError } from '../errors';
import { classifyAnswer, classifyPostError } from './classify-answer';
import { post, PostError } from './post';

export interface WebhookSettings {
  /** `whsec_` and base64, as in Standard Webhooks; receivers verify with the same secret. */
  readonly secret: string;
  /** From the DNS lookup to the response status; default 15 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Allows addresses of this machine and of private networks: for tests and trusted deployments. */
  readonly allowPrivateAddresses?: boolean | undefined;
  /** The system time, because receivers compare `webhook-timestamp` with their own clock. */
  readonly clock?: Clock | undefined;
}

const TIMEOUT_MS = 15_000;

/** Posts messages to a URL of the application. */
export const webhook = defineProvider({
  name: 'webhook',
  channel: 'webhook',
  settings: z.object({
    WEBHOOK_URL: z.url(),
    WEBHOOK_SECRET: z.string(),
    WEBHOOK_RATE: z.coerce.number().positive().optional(),
    WEBHOOK_ALLOW_PRIVATE: z
      .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
      .optional(),
  }),
  // Receivers should deduplicate by `webhook-id`, but may not.
  idempotent: false,
  rate: (settings) => settings.WEBHOOK_RATE,
  addressOf: (settings) => settings.WEBHOOK_URL,
  create: (settings) =>
    createWebhookClient({
      secret: settings.WEBHOOK_SECRET,
      allowPrivateAddresses: settings.WEBHOOK_ALLOW_PRIVATE,
    }),
});

/**
 * Posts messages as signed JSON (https://www.standardwebhooks.com): `{type, timestamp, data}`,
 * with the message id as `webhook-id` on each attempt, by which receivers deduplicate.
 *
 * @throws {Error} if the secret is not in the format of Standard Webhooks
 */
export function createWebhookClient(settings: WebhookSettings): ProviderClient<'webhook'> {
  const signer = createSigner(settings.secret);
  const clock = settings.clock ?? systemClock;

  return {
    async deliver(message, signal) {
      const url = parseUrl(message);
      const body = JSON.stringify(payloadOf(message));
      const attemptedAt = clock.now();
      try {
        const answer = await post(
          {
            url,
            body,
            headers: {
              'content-type': 'application/json',
              'user-agent': 'throughline',
              'webhook-id': message.id,
              'webhook-timestamp': String(Math.floor(attemptedAt.getTime() / 1000)),
              'webhook-signature': signer.sign(message.id, attemptedAt, body),
              ...(message.repeat ? { 'x-throughline-repeat': '1' } : {}),
            },
            timeoutMs: settings.timeoutMs ?? TIMEOUT_MS,
            allowPrivateAddresses: settings.allowPrivateAddresses ?? false,
          },
          signal,
        );
        const refusal = classifyAnswer(answer, url.host);
        if (refusal) throw refusal;
        const response = `${answer.status} ${answer.excerpt}`.trim().slice(0, 500);
        return { providerMessageId: message.id, response };
      } catch (error) {
        throw error instanceof PostError ? classifyPostError(error, url.host) : error;
      }
    },
  };
}

function createSigner(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch (cause) {
    throw new Error(
      'The webhook secret is not base64; expected whsec_ and at least 24 bytes in base64. Make one with: echo "whsec_$(openssl rand -base64 32)".',
      { cause },
    );
  }
}

function payloadOf({ content, decidedAt }: OutgoingMessage<ContentOf<'webhook'>>) {
  return { type: content.type, timestamp: decidedAt.toISOString(), data: content.data };
}

function parseUrl({ id, address }: OutgoingMessage<ContentOf<'webhook'>>): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new PermanentSendError(
      `The address of message ${id} is not a webhook URL; expected an absolute https URL. Correct the customer's webhook address.`,
    );
  }
  return url;
}
