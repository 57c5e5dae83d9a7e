import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';

/** gRPC status codes after which the same call may succeed: the server is away or busy. */
const PASSING = new Set([
  1, // CANCELLED
  4, // DEADLINE_EXCEEDED
  8, // RESOURCE_EXHAUSTED
  13, // INTERNAL, which a server that is starting answers
  14, // UNAVAILABLE
]);

/**
 * What a failed call to Temporal means for the row it was made for: `away` stops the relay for a
 * while, `gone` says that there is no such running workflow, `refused` is about this row.
 */
export function classifyRelayError(error: unknown): 'away' | 'gone' | 'refused' {
  if (error instanceof WorkflowNotFoundError) return 'gone';
  if (isGrpcServiceError(error)) return PASSING.has(error.code) ? 'away' : 'refused';
  const cause = (error as { cause?: unknown }).cause;
  if (cause !== undefined && cause !== null) return classifyRelayError(cause);
  return 'refused';
}
