import type { RequestHandler } from 'express';
import { RequestError } from '../../domain/errors';

export interface BackpressureOptions {
  /** How long the oldest due row of the outbox has waited, in milliseconds. */
  readonly outboxAge: () => number;
  readonly outboxMaxAgeMs: number;
  /** The size limit of a body in bytes, which counts where a request has no length. */
  readonly maxBytes: number;
  /** The maximum of bytes of bodies that are being read and stored at a time. */
  readonly maxInFlightBytes?: number;
}

const MAX_IN_FLIGHT_BYTES = 128 * 1024 * 1024;

/**
 * Accepts events only as fast as they are relayed to Temporal. While accepted events wait too long,
 * or more bytes are in flight than memory should hold, the answer is 429 with Retry-After: the sender
 * keeps the event and retries, and no queue here grows without bound.
 */
export function createBackpressure(options: BackpressureOptions): RequestHandler {
  const { outboxAge, outboxMaxAgeMs, maxBytes, maxInFlightBytes = MAX_IN_FLIGHT_BYTES } = options;
  let inFlightBytes = 0;
  return (request, response, next) => {
    const age = outboxAge();
    if (age > outboxMaxAgeMs) {
      throw new RequestError(
        'overloaded',
        'outbox-behind',
        `Accepted events have waited ${Math.round(age / 1000)} s for their journeys; expected at most ${Math.round(outboxMaxAgeMs / 1000)} s. Retry after the time in Retry-After.`,
      );
    }
    const contentLength = Number(request.headers['content-length']);
    const compressed = request.headers['content-encoding'] !== undefined;
    const bytes = compressed || !(contentLength <= maxBytes) ? maxBytes : contentLength;
    if (inFlightBytes + bytes > maxInFlightBytes) {
      throw new RequestError(
        'overloaded',
        'too-many-requests',
        'More requests arrive than can be read at a time. Retry after the time in Retry-After.',
      );
    }
    inFlightBytes += bytes;
    response.once('close', () => {
      inFlightBytes -= bytes;
    });
    next();
  };
}
