import type { JourneyOptions } from './options';

/** The names of the events that each enrollment of a journey subscribes to from its start. */
export function subscriptionNames(options: JourneyOptions): readonly string[] {
  return (options.listens ?? []).map((item) => (typeof item === 'string' ? item : item.event));
}
