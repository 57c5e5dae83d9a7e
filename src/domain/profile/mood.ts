import type { JsonObject } from '../json';

/** How a customer felt about us, from -1 (bad) to 1 (good), at some time. */
export interface Feedback {
  readonly at: Date;
  readonly score: number;
}

export type MoodLabel = 'happy' | 'neutral' | 'unhappy';

export interface Mood {
  /** -1 to 1, to three digits. */
  readonly score: number;
  readonly label: MoodLabel;
  /** When the label changes if nobody says anything until then; null for never. */
  readonly until: Date | null;
}

export const FEEDBACK_EVENTS = [
  'Feedback Given',
  'Product Reviewed',
  'Message Complained',
] as const;

const HALF_LIFE_MS = 90 * 86_400_000;
/** From here on, or from minus here down, a mood has a name. */
const THRESHOLD = 0.2;
/** What is not known weighs like one neutral word of today. */
const DOUBT = 1;

const WORDS: Readonly<Record<string, number>> = { positive: 1, neutral: 0, negative: -1 };

/**
 * What an event of feedback says, from -1 to 1: `sentiment` as a number or as one of `positive`,
 * `neutral` and `negative`; `nps` from 0 to 10, where 7.5 is neutral and 10 and 5 are the ends; a
 * `rating` of one to five stars; a `score` on a `scale` that begins at zero. The first that is there
 * counts. A complaint about a message is -1.
 *
 * @returns undefined where it says none of these
 */
export function feedbackScore(name: string, properties: JsonObject): number | undefined {
  if (name === 'Message Complained') return -1;
  const { sentiment, scale } = properties;
  if (typeof sentiment === 'string' && Object.hasOwn(WORDS, sentiment)) return WORDS[sentiment];
  const felt = numberIn(sentiment);
  if (felt !== undefined) return within(felt);
  const nps = numberIn(properties['nps']);
  if (nps !== undefined) return within((nps - 7.5) / 2.5);
  const rating = numberIn(properties['rating']);
  if (rating !== undefined) return within((rating - 3) / 2);
  const score = numberIn(properties['score']);
  const most = numberIn(scale);
  if (score === undefined || most === undefined || most <= 0) return undefined;
  return within((2 * score) / most - 1);
}

/**
 * The mean of what somebody said, where a word loses half of its weight every 90 days and one
 * neutral word of weight 1 is always added: `sum(w * s) / (sum(w) + 1)`, `w = 0.5 ^ (age / 90 d)`.
 * So one word alone counts half, and a mood that nothing renews fades to neutral.
 *
 * @returns undefined for somebody who never said anything
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
  const exact = sum / (weight + DOUBT);
  const score = Math.round(exact * 1000) / 1000;
  if (Math.abs(exact) < THRESHOLD) return { score, label: 'neutral', until: null };
  // All weights fade alike, so |sum| d / (weight d + 1) = threshold can be solved for d.
  const fade = (THRESHOLD * DOUBT) / (Math.abs(sum) - THRESHOLD * weight);
  const left = HALF_LIFE_MS * Math.log2(1 / fade);
  const until = new Date(now.getTime() + Math.ceil(Math.max(0, left)) + 1);
  return { score, label: exact > 0 ? 'happy' : 'unhappy', until };
}

function numberIn(value: unknown): number | undefined {
  // Segment documents the rating of a review as a text.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function within(score: number): number {
  return Math.min(1, Math.max(-1, score));
}
