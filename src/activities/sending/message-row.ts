import { toJsonb } from '../../db/schema';
import type { NewMessage } from '../../db/stores/messages';
import { variantOf } from '../../domain/experiments/exposure';
import type { SendInput } from '../../journey/engine-activities';
import type { Message } from './decide';

/** The row of a new message; its status is `sending` if the first attempt is claimed. */
export function messageRow(
  input: SendInput,
  message: Message,
  status: 'decided' | 'sending',
): NewMessage {
  const { provider } = message;
  return {
    id: message.id,
    decision_id: input.decisionId,
    customer_id: message.customerId,
    enrollment_id: input.enrollmentId,
    journey: input.journey,
    step: input.step,
    template: input.template,
    variant: toJsonb(variantOf(input.exposures)),
    tags: [...input.tags],
    purpose: input.purpose,
    channel: message.channel,
    provider: provider?.name ?? null,
    address: message.address,
    content: toJsonb(message.content),
    status,
    attempts: status === 'sending' ? 1 : 0,
    provider_message_id: null,
    error: null,
    cost: provider?.costOf(message) ?? 0,
    country: message.country,
    decided_at: message.decidedAt,
  };
}
