import { Webhook } from 'standardwebhooks';
import { systemClock, type Clock } from '../../domain/clock';
import type { ChannelProvider, OutgoingMessage } from '../channel';
import { PermanentSendError } from '../errors';
import { classifyAnswer, classifyPostError } from './classify-answer';
import { post, PostError } from './post';

export interface WebhookSettings {
  /** `whsec_` and base64, as Standard Webhooks writes it; receivers verify with the same secret. */
  readonly secret: string;
  readonly costPerMessage: number;
  /** From the DNS lookup to the answer's status; 15 seconds where absent. */
  readonly timeoutMs?: number | undefined;
  /** Lets a webhook reach this machine and inner networks: for tests and trusted set-ups. */
  readonly allowPrivateAddresses?: boolean | undefined;
  /** Receivers compare `webhook-timestamp` with their own clock, so this is the machine's. */
  readonly clock?: Clock | undefined;
}

const TIMEOUT_MS = 15_000;

/**
 * Posts messages as signed JSON (https://www.standardwebhooks.com): `{type, timestamp, data}`,
 * `webhook-id` being the message's id on each attempt, by which receivers deduplicate.
 *
 * @throws {Error} a secret that is none
 */
export function createWebhookProvider(settings: WebhookSettings): ChannelProvider {
  const signer = createSigner(settings.secret);
  const clock = settings.clock ?? systemClock;

  return {
    channel: 'webhook',
    name: 'webhook',
    costPerMessage: settings.costPerMessage,
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
    close: () => Promise.resolve(),
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

function payloadOf({ id, content, decidedAt }: OutgoingMessage) {
  if (content.channel !== 'webhook') {
    throw new PermanentSendError(
      `Found content for the channel ${content.channel} in message ${id}; expected content for webhook. Render the message for the channel that carries it.`,
    );
  }
  return { type: content.type, timestamp: decidedAt.toISOString(), data: content.data };
}

function parseUrl({ id, address }: OutgoingMessage): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new PermanentSendError(
      `The address of message ${id} is not a webhook URL; expected an absolute https URL. Correct the customer's webhook address.`,
    );
  }
  return url;
}
