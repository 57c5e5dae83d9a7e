import type { JsonObject } from '../json';

/** One piece of feedback, from -1 (negative) to 1 (positive). */
export interface Feedback {
  readonly at: Date;
  readonly score: number;
}

export type MoodLabel = 'happy' | 'neutral' | 'unhappy';

export interface Mood {
  /** -1 to 1, to three digits. */
  readonly score: number;
  readonly label: MoodLabel;
  /** When the label changes without new feedback; null for never. */
  readonly until: Date | null;
}

export const FEEDBACK_EVENTS = [
  'Feedback Given',
  'Product Reviewed',
  'Message Complained',
] as const;

const HALF_LIFE_MS = 90 * 86_400_000;
/** Scores at or above it are happy, at or below its negative unhappy. */
const THRESHOLD = 0.2;
/** The weight of a neutral prior that is added to the feedback. */
const PRIOR_WEIGHT = 1;

const WORDS: Readonly<Record<string, number>> = { positive: 1, neutral: 0, negative: -1 };

/**
 * The score of a feedback event, from -1 to 1. Uses the first property present of: `sentiment` (a
 * number or `positive`, `neutral`, `negative`); `nps` from 0 to 10, where 5 or less is -1, 7.5 is 0
 * and 10 is 1; `rating` from one to five stars; `score` from zero to `scale`. A complaint about a
 * message is -1.
 *
 * @returns undefined if the event has none of these
 */
export function feedbackScore(name: string, properties: JsonObject): number | undefined {
  if (name === 'Message Complained') return -1;
  const { sentiment, scale } = properties;
  if (typeof sentiment === 'string' && Object.hasOwn(WORDS, sentiment)) return WORDS[sentiment];
  const numeric = numberIn(sentiment);
  if (numeric !== undefined) return clamp(numeric);
  const nps = numberIn(properties['nps']);
  if (nps !== undefined) return clamp((nps - 7.5) / 2.5);
  const rating = numberIn(properties['rating']);
  if (rating !== undefined) return clamp((rating - 3) / 2);
  const score = numberIn(properties['score']);
  const max = numberIn(scale);
  if (score === undefined || max === undefined || max <= 0) return undefined;
  return clamp((2 * score) / max - 1);
}

/**
 * The weighted mean of a customer's feedback with a half-life of 90 days and a neutral prior of
 * weight 1: `sum(w * s) / (sum(w) + 1)`, `w = 0.5 ^ (age / 90 d)`. A single piece of feedback
 * counts half, and without new feedback the mood decays to neutral.
 *
 * @returns undefined for a customer without feedback
 */
export function moodOf(feedback: readonly Feedback[], now: Date): Mood | undefined {
  if (feedback.length === 0) return undefined;
  let weight = 0;
  let sum = 0;
  for (const { at, score } of feedback) {
    const age = Math.max(0, now.getTime() - at.getTime());
    const w = 0.5 ** (age / HALF_LIFE_MS);
    weight += w;
    sum += w * score;
  }
  const exact = sum / (weight + PRIOR_WEIGHT);
  const score = Math.round(exact * 1000) / 1000;
  if (Math.abs(exact) < THRESHOLD) return { score, label: 'neutral', until: null };
  // All weights decay by one factor, so |sum| d / (weight d + 1) = threshold can be solved for d.
  const decay = (THRESHOLD * PRIOR_WEIGHT) / (Math.abs(sum) - THRESHOLD * weight);
  const left = HALF_LIFE_MS * Math.log2(1 / decay);
  const until = new Date(now.getTime() + Math.ceil(Math.max(0, left)) + 1);
  return { score, label: exact > 0 ? 'happy' : 'unhappy', until };
}

function numberIn(value: unknown): number | undefined {
  // Segment's specification declares a review's rating as text.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function clamp(score: number): number {
  return Math.min(1, Math.max(-1, score));
}
