import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';

/** gRPC status codes after which a retry may succeed: the server is unavailable or busy. */
const PASSING = new Set([
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  8, // RESOURCE_EXHAUSTED
  13, // INTERNAL, which a server that is starting answers
  14, // UNAVAILABLE
]);

/**
 * Classifies the error of a call to Temporal: `away` if the server is unavailable, and the relay backs
 * off; `gone` if there is no such running workflow; `refused` if the server rejects this row.
 */
export function classifyRelayError(error: unknown): 'away' | 'gone' | 'refused' {
  if (error instanceof WorkflowNotFoundError) return 'gone';
  if (isGrpcServiceError(error)) return PASSING.has(error.code) ? 'away' : 'refused';
  const cause = (error as { cause?: unknown }).cause;
  if (cause !== undefined && cause !== null) return classifyRelayError(cause);
  return 'refused';
}
