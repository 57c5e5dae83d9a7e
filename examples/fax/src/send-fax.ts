import {
  PermanentSendError,
  TransientSendError,
  UnknownOutcomeError,
  z,
  type DeliveryReceipt,
  type OutgoingMessage,
} from 'throughline/app';

export interface FaxService {
  readonly url: string;
  readonly token: string;
}

const accepted = z.object({ id: z.string() });

/** Makes one request to a fax service; the class of an error says what follows from it. */
export async function sendFax(
  service: FaxService,
  message: OutgoingMessage,
  signal: AbortSignal,
): Promise<DeliveryReceipt> {
  let response: Response;
  try {
    response = await fetch(service.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${service.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ to: message.address, reference: message.id, ...message.content }),
      signal,
    });
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code === 'ECONNREFUSED') {
      throw new TransientSendError('The fax service refused the connection. Nothing was sent.');
    }
    throw new UnknownOutcomeError('The fax service did not answer. It may have sent the fax.');
  }
  const providerCode = String(response.status);
  if (response.status === 429 || response.status === 503) {
    throw new TransientSendError(`The fax service answered ${providerCode}; it is busy.`, {
      providerCode,
    });
  }
  if (response.status >= 500) {
    throw new UnknownOutcomeError(`The fax service answered ${providerCode}.`, { providerCode });
  }
  if (!response.ok) {
    throw new PermanentSendError(`The fax service refused the fax with ${providerCode}.`, {
      providerCode,
    });
  }
  const { id } = accepted.parse(await response.json());
  return { providerMessageId: id, response: `accepted as ${id}` };
}
