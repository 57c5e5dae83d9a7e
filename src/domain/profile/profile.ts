import type { ChannelKind } from '../channels/channel-kind';
import type { JsonObject } from '../json';
import type { ComputedTraits, CustomerContext } from './computed';
import { contextOf, type ReportedContext } from './context';
import { lifecycleOf, type LifecycleLimits, type LifecycleStage } from './lifecycle';
import { feedbackScore, moodOf, type Mood } from './mood';
import { orderTraits, type CountedOrder } from './orders';

/** The facts from which a profile is computed. */
export interface ProfileFacts {
  readonly traits: JsonObject;
  /** Whether the customer has a user id. */
  readonly identified: boolean;
  readonly timeZone: string | null;
  readonly locale: string | null;
  /** In order of completion. */
  readonly orders: readonly CountedOrder[];
  readonly feedback: readonly {
    readonly name: string;
    /** ISO 8601. */
    readonly at: string;
    readonly properties: JsonObject;
  }[];
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly sessions: number;
  readonly preferredHour: number | null;
  readonly favouriteChannel: ChannelKind | null;
  readonly reported: ReportedContext;
}

export interface ProfileLimits {
  readonly currency?: string;
  readonly lifecycle?: LifecycleLimits;
}

export interface Profile {
  readonly computed: ComputedTraits;
  readonly lifecycle: LifecycleStage;
  readonly mood: Pick<Mood, 'score' | 'label'> | null;
  readonly context: CustomerContext;
  /** When any of it changes without an event; null for never. */
  readonly until: Date | null;
}

/** Computes a customer's profile as of `now`. */
export function profileOf(facts: ProfileFacts, limits: ProfileLimits, now: Date): Profile {
  const { firstSeen, lastSeen, sessions, favouriteChannel, preferredHour } = facts;
  const computed: ComputedTraits = {
    ...orderTraits(facts.orders, limits.currency),
    firstSeen,
    lastSeen,
    sessions,
    favouriteChannel,
    preferredHour,
  };
  const known =
    facts.identified || [facts.traits['email'], facts.traits['phone']].some(isNonEmptyText);
  const lifecycle = lifecycleOf(computed, known, limits.lifecycle ?? {}, now);
  const feedback = facts.feedback.flatMap(({ name, at, properties }) => {
    const score = feedbackScore(name, properties);
    return score === undefined ? [] : [{ at: new Date(at), score }];
  });
  const mood = moodOf(feedback, now);
  const changes = [lifecycle.until, mood?.until ?? null].filter((at) => at !== null);
  return {
    computed,
    lifecycle: lifecycle.stage,
    mood: mood === undefined ? null : { score: mood.score, label: mood.label },
    context: contextOf(facts),
    until: changes.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
  };
}

function isNonEmptyText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
