import type { JourneyWorkflow } from '../journey/define-journey';
import type { JourneyOptions } from '../journey/options';
import { subscriptionNames } from '../journey/subscription-names';
import type { EventTrigger, Trigger } from '../journey/triggers';

export interface IndexedTrigger {
  readonly journey: string;
  readonly options: JourneyOptions;
  readonly trigger: EventTrigger;
}

/** The journeys' options and triggers, indexed by event name. */
export interface JourneyIndex {
  options(journey: string): JourneyOptions | undefined;
  triggersOn(event: string): readonly IndexedTrigger[];
  /** Whether any journey declares a trigger, exit, goal or subscription on this event. */
  mentions(event: string): boolean;
  names(): readonly string[];
}

export function indexJourneys(journeys: ReadonlyMap<string, JourneyWorkflow>): JourneyIndex {
  const triggers = new Map<string, IndexedTrigger[]>();
  const mentioned = new Set<string>();
  for (const [journey, { options }] of journeys) {
    for (const name of subscriptionNames(options)) mentioned.add(name);
    for (const { event } of options.exit ?? []) mentioned.add(event);
    if (options.goal !== undefined) mentioned.add(options.goal.event);
    for (const trigger of triggersOf(options)) {
      if (trigger.kind !== 'event') continue;
      const list = triggers.get(trigger.event) ?? [];
      list.push({ journey, options, trigger });
      triggers.set(trigger.event, list);
    }
  }
  return {
    options: (journey) => journeys.get(journey)?.options,
    triggersOn: (event) => triggers.get(event) ?? [],
    mentions: (event) => triggers.has(event) || mentioned.has(event),
    names: () => [...journeys.keys()],
  };
}

export function triggersOf(options: JourneyOptions): readonly Trigger[] {
  return Array.isArray(options.trigger)
    ? (options.trigger as readonly Trigger[])
    : [options.trigger as Trigger];
}
