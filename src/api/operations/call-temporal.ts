import type { Client } from '@temporalio/client';
import { RequestError } from '../../domain/errors';
import { classifyRelayError } from '../../outbox/relay/classify-relay-error';

/** How long a caller is kept waiting for Temporal. */
const PATIENCE_MS = 8_000;

/**
 * Calls Temporal for a request.
 *
 * @throws {RequestError} `unavailable` while Temporal is away
 */
export async function callTemporal<T>(
  connect: () => Promise<Client>,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  let client: Client;
  try {
    client = await connect();
  } catch (error) {
    throw away(error);
  }
  try {
    // A deadline of the network: it is the machine's time that passes, not the journey's.
    return await client.withDeadline(Date.now() + PATIENCE_MS, () => call(client));
  } catch (error) {
    throw !(error instanceof RequestError) && classifyRelayError(error) === 'away'
      ? away(error)
      : error;
  }
}

function away(cause: unknown): RequestError {
  const error = new RequestError(
    'unavailable',
    'temporal-away',
    'Temporal does not answer at the moment; nothing was done. Try again when it does.',
  );
  error.cause = cause;
  return error;
}
