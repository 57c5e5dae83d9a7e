import { ApplicationFailure } from '@temporalio/workflow';

/** A mistake of the journey's author: it ends the enrollment visibly instead of retrying it. */
export function misuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'JourneyMisuse');
}
