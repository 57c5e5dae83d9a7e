import { ApplicationFailure } from '@temporalio/workflow';

/** A mistake in the journey's code: it fails the enrollment visibly instead of retrying. */
export function misuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'JourneyMisuse');
}
