import type { JourneyOptions } from './options';

/** The events that a journey's options ask routing for, from the start of each enrollment. */
export function subscriptionNames(options: JourneyOptions): readonly string[] {
  return (options.listens ?? []).map((item) => (typeof item === 'string' ? item : item.event));
}
