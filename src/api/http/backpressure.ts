import type { RequestHandler } from 'express';
import { RequestError } from '../../domain/errors';

export interface BackpressureOptions {
  /** How long the oldest due row of the outbox has waited, in milliseconds. */
  readonly outboxAge: () => number;
  readonly outboxMaxAgeMs: number;
  /** The most bytes of a body, which counts where a request does not say its length. */
  readonly maxBytes: number;
  /** The most bytes of bodies that are being read and stored at a time. */
  readonly maxInFlightBytes?: number;
}

const MAX_IN_FLIGHT_BYTES = 128 * 1024 * 1024;

/**
 * Lets events in only as fast as they are carried on. While what was taken before waits too long
 * for Temporal, or more is being read than memory should hold, the answer is 429 with Retry-After:
 * the sender keeps the event and sends it again, and nothing here grows without bound.
 */
export function createBackpressure(options: BackpressureOptions): RequestHandler {
  const { outboxAge, outboxMaxAgeMs, maxBytes, maxInFlightBytes = MAX_IN_FLIGHT_BYTES } = options;
  let inside = 0;
  return (request, response, next) => {
    const age = outboxAge();
    if (age > outboxMaxAgeMs) {
      throw new RequestError(
        'overloaded',
        'outbox-behind',
        `Events that were taken before have waited ${Math.round(age / 1000)} s for their journeys; expected at most ${Math.round(outboxMaxAgeMs / 1000)} s. Send this one again after the time that Retry-After names.`,
      );
    }
    const announced = Number(request.headers['content-length']);
    const packed = request.headers['content-encoding'] !== undefined;
    const bytes = packed || !(announced <= maxBytes) ? maxBytes : announced;
    if (inside + bytes > maxInFlightBytes) {
      throw new RequestError(
        'overloaded',
        'too-many-requests',
        'More requests arrive than can be read at a time. Send this one again after the time that Retry-After names.',
      );
    }
    inside += bytes;
    response.once('close', () => {
      inside -= bytes;
    });
    next();
  };
}
