import * as fc from 'fast-check';
import { z } from 'zod';

import { parseTrackingCall } from '../../../src/domain/events/tracking-call';
import type { CallType, ParsedCall, TrackingCall } from '../../../src/domain/events/tracking-call';
import { parseLooseTimestamp } from '../../../src/domain/events/timestamps';
import { segmentExamples } from './segment-examples';

const receivedAt = new Date('2026-03-10T12:00:00Z');

const parse = (type: CallType, body: unknown): ParsedCall =>
  parseTrackingCall(type, body, { receivedAt });

function accepted(type: CallType, body: unknown): TrackingCall {
  const parsed = parse(type, body);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.call;
}

function reason(type: CallType, body: unknown): string {
  const parsed = parse(type, body);
  return parsed.ok ? 'accepted' : parsed.reason;
}

const nested = (levels: number): unknown =>
  levels === 0 ? 'leaf' : { deeper: nested(levels - 1) };

describe('parseTrackingCall', () => {
  it('reads a track call', () => {
    expect(
      accepted('track', {
        type: 'track',
        event: 'Order Completed',
        messageId: 'm-1',
        userId: 'u-1',
        anonymousId: 'a-1',
        properties: { order_id: 'o-1', total: 30 },
        context: { ip: '8.8.8.8', traits: { plan: 'pro' } },
        timestamp: '2026-03-10T11:00:00Z',
      }),
    ).toEqual({
      type: 'track',
      name: 'Order Completed',
      messageId: 'm-1',
      userId: 'u-1',
      anonymousId: 'a-1',
      traits: { plan: 'pro' },
      properties: { order_id: 'o-1', total: 30 },
      context: { ip: '8.8.8.8', traits: { plan: 'pro' } },
      occurredAt: new Date('2026-03-10T11:00:00Z'),
      originalTimestamp: '2026-03-10T11:00:00Z',
    });
  });

  it.each([
    ['identify', 'Identify'],
    ['page', 'Page'],
    ['screen', 'Screen'],
    ['group', 'Group'],
  ] as const)('names a call of type %s %s', (type, name) => {
    expect(accepted(type, {})).toMatchObject({ type, name, occurredAt: receivedAt });
  });

  it('converts numeric ids to strings and treats empty ones as absent', () => {
    const call = accepted('identify', { userId: 42, anonymousId: '', groupId: null });
    expect(call.userId).toBe('42');
    expect(call).not.toHaveProperty('anonymousId');
    expect(call).not.toHaveProperty('groupId');
  });

  it('reads the user_id of Segment’s e-mail events where there is no userId', () => {
    expect(accepted('track', { event: 'Email Opened', user_id: 7 }).userId).toBe('7');
    expect(accepted('track', { event: 'Seen', user_id: 'a', userId: 'b' }).userId).toBe('b');
  });

  it('finds traits in the context, in the email of the body and in the traits, the last first', () => {
    const body = { context: { traits: { plan: 'pro', email: 'a@example.com' } } };
    expect(accepted('identify', body).traits).toEqual({ plan: 'pro', email: 'a@example.com' });
    expect(accepted('identify', { ...body, email: 'b@example.com' }).traits.email).toBe(
      'b@example.com',
    );
    const traits = { email: 'c@example.com' };
    expect(accepted('identify', { ...body, email: 'b@example.com', traits }).traits).toEqual({
      plan: 'pro',
      email: 'c@example.com',
    });
  });

  it('treats the traits of a group call as the group’s', () => {
    const context = { traits: { email: 'a@example.com' } };
    expect(
      accepted('group', { groupId: 'g', traits: { name: 'Initech' }, context }).traits,
    ).toEqual({ name: 'Initech' });
  });

  it('adds the name and the category of a page to its properties', () => {
    const page = { name: 'Home', category: null, properties: { url: '/' } };
    expect(accepted('page', page).properties).toEqual({ name: 'Home', url: '/' });
    const screen = { name: 'Home', category: 'Shop', properties: { name: 'Own' } };
    expect(accepted('screen', screen).properties).toEqual({ name: 'Own', category: 'Shop' });
  });

  it('corrects a client clock that is wrong by years', () => {
    const call = accepted('track', {
      event: 'Seen',
      timestamp: '2015-02-23T22:28:50.000Z',
      sentAt: '2015-02-23T22:28:55.000Z',
    });
    expect(call.occurredAt).toEqual(new Date('2026-03-10T11:59:55Z'));
  });

  it('uses the time of receipt if the time sent is invalid or a day ahead', () => {
    for (const timestamp of ['soon', '2026-03-11T12:00:01Z', 1e30, true, '0001-01-01T00:00:00Z']) {
      expect(accepted('track', { event: 'Seen', timestamp }).occurredAt).toEqual(receivedAt);
    }
    const almostADay = '2026-03-11T12:00:00.000Z';
    expect(accepted('track', { event: 'Seen', timestamp: almostADay }).occurredAt).toEqual(
      new Date(almostADay),
    );
  });

  it.each<[string, CallType, unknown, string]>([
    ['an array', 'track', [], 'The body is an array; expected a JSON object.'],
    ['null', 'identify', null, 'The body is null'],
    ['no event', 'track', {}, 'a track call whose event is missing'],
    ['an empty event', 'track', { event: ' ' }, 'a track call whose event is a string'],
    ['a numeric event', 'track', { event: 7 }, 'a track call whose event is a number'],
    ['a long event', 'track', { event: 'x'.repeat(201) }, 'an event name of 201 characters'],
    ['an id that is an object', 'identify', { userId: {} }, 'Found userId to be an object'],
    ['an id that is a boolean', 'identify', { anonymousId: true }, 'anonymousId to be a boolean'],
    ['a long id', 'identify', { messageId: 'x'.repeat(256) }, 'messageId with 256 characters'],
    ['an inexact id', 'identify', { userId: 2 ** 53 }, 'a number too large to be exact'],
    ['traits in an array', 'identify', { traits: [] }, 'Found traits to be an array'],
    ['properties in a text', 'page', { properties: 'x' }, 'Found properties to be a string'],
    ['a context that is none', 'page', { context: 1 }, 'Found context to be a number'],
    ['an alias of nobody', 'alias', { userId: 'u' }, 'an alias without previousId'],
    ['a NUL', 'identify', { traits: { a: ['\0'] } }, 'body.traits.a[0] contains a NUL character'],
    ['a NUL in a key', 'identify', { traits: { 'a\0': 1 } }, 'body.traits has a key that contains'],
    ['half a character', 'identify', { userId: '\ud83c' }, 'body.userId contains half a character'],
    ['33 levels', 'identify', { traits: nested(32) }, 'is nested deeper than 32 levels'],
    ['infinity', 'identify', JSON.parse('{"traits":{"a":1e999}}'), 'body.traits.a is not a finite'],
  ])('refuses %s', (_, type, body, expected) => {
    expect(reason(type, body)).toContain(expected);
  });

  it('accepts null as absent, surrogate pairs, and 32 levels', () => {
    const call = accepted('track', { event: 'Gift 🎁', properties: null, traits: null });
    expect(call).toMatchObject({ name: 'Gift 🎁', properties: {}, traits: {} });
    expect(reason('identify', { traits: nested(30) })).toBe('accepted');
  });

  it('drops keys that could change a prototype, at any depth', () => {
    const body: unknown = JSON.parse(
      '{"__proto__":{"userId":"x"},"traits":{"constructor":1,"a":{"__proto__":{"b":1},"prototype":2,"c":3}}}',
    );
    const call = accepted('identify', body);
    expect(call.traits).toEqual({ a: { c: 3 } });
    expect(call.userId).toBeUndefined();
    expect(Object.getPrototypeOf(call.traits.a)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).b).toBeUndefined();
  });

  it('handles any JSON without throwing, with a storable result', () => {
    const fields = ['userId', 'event', 'traits', 'properties', 'context', 'timestamp', 'sentAt'];
    const body = fc.dictionary(
      fc.constantFrom(...fields),
      fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }),
    );
    fc.assert(
      fc.property(fc.constantFrom('track', 'identify', 'page', 'group'), body, (type, value) => {
        const parsed = parse(type, value);
        expect(JSON.stringify(parsed)).not.toContain(String.raw`\u0000`);
        expect(JSON.stringify(parsed)).not.toMatch(/\\ud[89a-f]/);
        if (!parsed.ok) expect(parsed.reason).toMatch(/\.$/);
        else expect(Number.isNaN(parsed.call.occurredAt.getTime())).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  describe('given the examples of Segment’s documentation', () => {
    const examples = segmentExamples();

    it('accepts each of them, and each item of a batch', () => {
      const refused: string[] = [];
      for (const { source, type, payload } of examples) {
        const items = type === 'batch' ? itemsOf(payload.batch) : [{ type, payload }];
        for (const item of items) {
          const why = reason(item.type, item.payload);
          if (why !== 'accepted') refused.push(`${source}: ${why}`);
        }
      }
      expect(refused).toEqual([]);
    });

    it('reads the time of each that names one', () => {
      const unread = examples
        .filter(({ payload }) => payload.timestamp !== undefined)
        .filter(({ payload }) => parseLooseTimestamp(payload.timestamp) === undefined)
        .map(({ source }) => source);
      expect(unread).toEqual([]);
    });
  });
});

function itemsOf(batch: unknown): { type: CallType; payload: unknown }[] {
  const type = z.enum(['identify', 'track', 'page', 'screen', 'group', 'alias']);
  const items = z.array(z.looseObject({ type })).parse(batch);
  return items.map((payload) => ({ type: payload.type, payload }));
}
