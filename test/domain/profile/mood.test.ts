import * as fc from 'fast-check';
import { feedbackScore, moodOf } from '../../../src/domain/profile/mood';

const NOW = new Date('2026-06-01T00:00:00Z');
const DAY = 86_400_000;
const said = (score: number, days = 0) => ({ at: new Date(NOW.getTime() - days * DAY), score });

it.each([
  ['Feedback Given', { sentiment: 0.4 }, 0.4],
  ['Feedback Given', { sentiment: 'negative' }, -1],
  ['Feedback Given', { sentiment: 7 }, 1],
  ['Feedback Given', { nps: 10 }, 1],
  ['Feedback Given', { nps: 9 }, 0.6],
  ['Feedback Given', { nps: 0 }, -1],
  ['Feedback Given', { rating: 1 }, -1],
  ['Product Reviewed', { rating: '4' }, 0.5],
  ['Feedback Given', { score: 80, scale: 100 }, 0.6],
  ['Feedback Given', { score: 80 }, undefined],
  ['Feedback Given', { rating: 'good' }, undefined],
  ['Feedback Given', {}, undefined],
  ['Message Complained', { message_id: 'm' }, -1],
] as const)('reads %s %j as %s', (name, properties, score) => {
  const found = feedbackScore(name, properties);
  if (score === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(score, 9);
});

it('is undefined for a customer without feedback', () => {
  expect(moodOf([], NOW)).toBeUndefined();
});

it.each([
  ['one good word', [said(1)], 0.5, 'happy'],
  ['one bad word', [said(-1)], -0.5, 'unhappy'],
  ['a good word of half a year ago', [said(1, 180)], 0.2, 'happy'],
  ['a good word of a year ago', [said(1, 365)], 0.057, 'neutral'],
  ['a bad word after a good one of long ago', [said(1, 180), said(-1)], -0.333, 'unhappy'],
  ['as many good words as bad ones', [said(1), said(-1)], 0, 'neutral'],
] as const)('finds in %s a mood', (_, feedback, score, label) => {
  expect(moodOf(feedback, NOW)).toMatchObject({ score: expect.closeTo(score, 2), label });
});

it('stays between -1 and 1, and keeps its label until the time that it predicts', () => {
  const word = fc.record({
    score: fc.double({ min: -1, max: 1, noNaN: true }),
    days: fc.integer({ min: 0, max: 700 }),
  });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const feedback = words.map(({ score, days }) => said(score, days));
      const mood = moodOf(feedback, NOW);
      expect(Math.abs(mood?.score ?? 9)).toBeLessThanOrEqual(1);
      if (mood?.until === null || mood === undefined) return;
      const before = new Date(mood.until.getTime() - 60_000);
      if (before > NOW) expect(moodOf(feedback, before)?.label).toBe(mood.label);
      expect(moodOf(feedback, new Date(mood.until.getTime() + 60_000))?.label).toBe('neutral');
    }),
  );
});
