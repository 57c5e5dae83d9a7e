import { checkSegments } from '../../../src/domain/segments/check-segments';
import { describeCondition } from '../../../src/domain/segments/describe-segment';
import type { Condition } from '../../../src/domain/segments/condition';
import {
  all,
  any,
  computed,
  consent,
  did,
  lifecycle,
  mood,
  never,
  not,
  prediction,
  trait,
} from '../../../src/journey';
import { segments } from '../../../src/workflows/segments';

it.each<[Condition, string]>([
  [did('Order Completed'), "at least once 'Order Completed'"],
  [
    did('Order Completed', { atLeast: 2, within: '90 days', where: { total: { above: 10 } } }),
    "at least 2 times 'Order Completed' where total is above 10 within 90 days",
  ],
  [did('Order Completed', { atLeast: 3, atMost: 3 }), "exactly 3 times 'Order Completed'"],
  [
    never('Message Opened', { where: { channel: { is: 'push' } } }),
    'never \'Message Opened\' where channel is "push"',
  ],
  [
    all(any(lifecycle('loyal'), mood('happy')), not(consent('email', 'offers'))),
    '(is loyal or feels happy) and not is subscribed to offers by email',
  ],
  [
    trait('appointment_at', { after: { ago: 0 }, before: { ahead: '7 days' } }),
    'trait appointment_at is after 0 ms ago and is not after 7 days from now',
  ],
  [computed('spend', { atLeast: 5 }), 'spend is at least 5'],
  [
    prediction('churn', { above: 0.7 }, { maxAge: '7 days' }),
    'prediction churn is above 0.7, not older than 7 days',
  ],
])('says %j in words', (condition, words) => {
  expect(describeCondition(condition)).toBe(words);
});

it('accepts the segments of the sample shop', () => {
  expect(() => checkSegments(segments)).not.toThrow();
});

it.each<[Condition, string]>([
  [all(), "has an empty 'all'"],
  [did('Segment Entered'), 'which segments emit'],
  [not(did('Order Completed', { atLeast: 1.5 })), 'expected a whole number'],
  [did('Order Completed', { atLeast: 3, atMost: 2 }), 'which is impossible'],
  [did('Order Completed', { within: 0 }), 'expected a window above zero'],
  [did('Order Completed', { within: 'a fortnight' as never }), 'a fortnight'],
  [trait('plan', {}), 'has an empty test'],
  [trait('appointment_at', { after: 'soon' }), 'expected ISO 8601'],
  [
    did('Appointment Booked', { where: { starts_at: { after: { ago: '1 day' } } } }),
    'a time relative to now',
  ],
])('rejects %j', (where, told) => {
  expect(() => checkSegments({ mine: { where } })).toThrow(/The segment 'mine'/);
  expect(() => checkSegments({ mine: { where } })).toThrow(told);
});
