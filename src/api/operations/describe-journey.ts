import { triggersOf } from '../../enrollments/journey-index';
import type { JourneyOptions } from '../../journey/options';
import type { EventTrigger, Trigger } from '../../journey/triggers';
import type { JsonObject } from '../../domain/json';

export interface JourneyDescription {
  readonly triggers: readonly string[];
  readonly options: JsonObject;
}

/** Describes a journey's options in words; functions are mentioned, not shown. */
export function describeJourney(options: JourneyOptions | undefined): JourneyDescription {
  if (options === undefined) return { triggers: [], options: {} };
  const { exit, goal, listens, reentry, maxConcurrent, entryRate, onFailure } = options;
  return {
    triggers: triggersOf(options).map(describeTrigger),
    options: {
      exit: (exit ?? []).map(describeEvent),
      goal:
        goal === undefined
          ? null
          : `${describeEvent(goal)} within ${String(goal.within ?? '30 days')}`,
      listens: (listens ?? []).map((item) =>
        typeof item === 'string' ? item : describeEvent(item),
      ),
      reentry: typeof reentry === 'object' ? { ...reentry } : (reentry ?? 'after exit'),
      maxConcurrent: maxConcurrent ?? null,
      entryRate: entryRate === undefined ? null : `${entryRate.count} per ${String(entryRate.per)}`,
      priority: options.priority ?? 3,
      holdout: options.holdout ?? 0,
      purpose: options.purpose ?? null,
      onFailure: typeof onFailure === 'function' ? 'own steps' : (onFailure ?? 'fail'),
      overdue: options.overdue ?? 'catch up',
    },
  };
}

function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'event':
      return `on ${describeEvent(trigger)}`;
    case 'request':
      return 'on request';
    case 'schedule': {
      const names = Object.keys(trigger.filter);
      const all = trigger.segment === undefined ? 'everybody' : `the segment ${trigger.segment}`;
      const who = names.length === 0 ? all : `${all} by ${names.join(', ')}`;
      return `on schedule ${trigger.recurrence} (${trigger.zone}), ${who}`;
    }
  }
}

function describeEvent({ event, where, key }: EventTrigger): string {
  const words = [
    event,
    ...(where === undefined ? [] : ['where a condition holds']),
    ...(key === undefined ? [] : ['one for each key']),
  ];
  return words.join(', ');
}
