import { isCancellation } from '@temporalio/workflow';
import type { Exposure } from '../../domain/experiments/exposure';
import type { JsonObject } from '../../domain/json';
import { isTransactional } from '../../domain/purpose';
import { deliver, engine } from '../engine';
import type { SendInput, DeliverResult } from '../engine-activities';
import type { Sent } from '../journey';
import { misuse } from '../misuse';
import type { EnrollmentRun } from '../enrollment-run';

/** `SendOptions` without its types, as it is at run time. */
export interface UntypedSendOptions {
  readonly via: readonly string[];
  readonly purpose?: string;
  readonly props?: JsonObject;
  readonly about?: { readonly id: string } | undefined;
  readonly priority?: 'high' | 'normal' | 'low';
  readonly value?: number;
  readonly tags?: readonly string[];
}

/**
 * Decides and delivers. After a decision to wait (quiet hours), decides again at the end of the wait
 * with the same decision record, since consent and caps may have changed.
 */
export async function send(
  run: EnrollmentRun,
  step: number,
  template: string,
  options: UntypedSendOptions,
  exposures: readonly Exposure[],
  defaultPurpose: string | undefined,
): Promise<Sent> {
  const purpose = options.purpose ?? defaultPurpose;
  if (purpose === undefined) {
    throw misuse(
      `The send of '${template}' names no purpose and neither does its journey. Add purpose: 'transactional' or a topic.`,
    );
  }
  if (options.via.length === 0) {
    throw misuse(`The send of '${template}' names no channel. Add at least one to via.`);
  }
  const { start, enrollmentId, journey } = run;
  const decisionId = `${enrollmentId}.${step}`;
  const input: Omit<SendInput, 'now' | 'overdue'> = {
    decisionId,
    enrollmentId,
    customerId: start.customerId,
    journey,
    step,
    template,
    purpose,
    via: options.via,
    props: options.props ?? {},
    priority: options.priority ?? 'normal',
    value: options.value ?? null,
    tags: options.tags ?? [],
    aboutEventId: options.about?.id ?? null,
    exposures,
  };
  let overdue = run.overdue;
  for (;;) {
    const decided = await engine.send({ ...input, now: Date.now(), overdue });
    if (decided.do === 'skip') {
      run.log(`did not send ${template}: ${decided.reason}`);
      return { delivered: false, outcome: 'skipped', reason: decided.reason, decisionId };
    }
    if (decided.do === 'send') {
      const { messageId, channel, provider, delivered, after } = decided;
      const message = { id: messageId, channel, provider, template, after };
      const result = delivered ?? (await hand(message, purpose, input.priority));
      run.log(describeDelivery(result, `${template} via ${channel}`));
      return {
        delivered: result.status === 'sent',
        outcome: result.status,
        reason: result.status === 'sent' ? 'sent' : result.reason,
        decisionId,
        messageId,
        channel,
      };
    }
    const until = decided.until;
    await run.wait(
      `waiting to send ${template}: ${decided.reason}`,
      () => until,
      () => false,
    );
    overdue = run.overdue;
  }
}

function describeDelivery(result: DeliverResult, message: string): string {
  if (result.status === 'sent') return `sent ${message}`;
  return result.status === 'failed'
    ? `failed to send ${message}: ${result.reason}`
    : `sent ${message}, outcome unknown`;
}

/**
 * If the enrollment run stops in the meantime, an attempt in flight is finished and its outcome
 * recorded; a message that waits for a retry is withdrawn, and its row records that.
 */
async function hand(
  message: Parameters<typeof deliver>[0],
  purpose: string,
  priority: 'high' | 'normal' | 'low',
): Promise<DeliverResult> {
  try {
    return await deliver(message, { transactional: isTransactional(purpose), priority });
  } catch (error) {
    const reason = isCancellation(error) ? 'withdrawn' : 'gave-up';
    await engine.withdraw({ messageId: message.id, reason, at: Date.now() });
    if (reason === 'withdrawn') throw error;
    return { status: 'failed', reason };
  }
}
