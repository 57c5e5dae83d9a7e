import type { Client } from '@temporalio/client';
import { RequestError } from '../../domain/errors';
import { classifyRelayError } from '../../outbox/relay/classify-relay-error';

/** How long a request waits for Temporal. */
const TIMEOUT_MS = 8_000;

/**
 * Calls Temporal for a request.
 *
 * @throws {RequestError} `unavailable` while Temporal does not answer
 */
export async function callTemporal<T>(
  connect: () => Promise<Client>,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  let client: Client;
  try {
    client = await connect();
  } catch (error) {
    throw unavailable(error);
  }
  try {
    // A network deadline, so it is the machine's time and not that of the journeys.
    return await client.withDeadline(Date.now() + TIMEOUT_MS, () => call(client));
  } catch (error) {
    throw !(error instanceof RequestError) && classifyRelayError(error) === 'away'
      ? unavailable(error)
      : error;
  }
}

function unavailable(cause: unknown): RequestError {
  const error = new RequestError(
    'unavailable',
    'temporal-away',
    'Temporal does not answer at the moment; nothing was done. Retry when it does.',
  );
  error.cause = cause;
  return error;
}
