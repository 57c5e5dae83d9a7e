import * as fc from 'fast-check';

import { correctSkew, parseLooseTimestamp } from '../../../src/domain/events/timestamps';

describe('parseLooseTimestamp', () => {
  it.each([
    ['2024-09-10T14:38:57.524122374Z[GMT]', '2024-09-10T14:38:57.524Z'],
    ['2012-12-02T00:30:08.276Z', '2012-12-02T00:30:08.276Z'],
    ['2015-2-02T00:30:08.276Z', '2015-02-02T00:30:08.276Z'],
    ['2020-04-23T22:38:48.55Z', '2020-04-23T22:38:48.550Z'],
    ['2015-08-04T01:04:24+00:00', '2015-08-04T01:04:24.000Z'],
    ['2024-09-10T14:38:57+0200', '2024-09-10T12:38:57.000Z'],
    ['2024-09-10T14:38:57-05:30', '2024-09-10T20:08:57.000Z'],
    ['2024-09-10T14:38:57+02', '2024-09-10T12:38:57.000Z'],
    ['2024-09-10T14:38:57,5Z', '2024-09-10T14:38:57.500Z'],
    ['2024-09-10T14:38:57', '2024-09-10T14:38:57.000Z'],
    ['2024-09-10 14:38', '2024-09-10T14:38:00.000Z'],
    ['2024-09-10 14:38:57 UTC', '2024-09-10T14:38:57.000Z'],
    ['2024-09-10T14:38:57+02:00[Europe/Berlin]', '2024-09-10T12:38:57.000Z'],
    ['20240910T143857Z', '2024-09-10T14:38:57.000Z'],
    ['20240910', '2024-09-10T00:00:00.000Z'],
    ['2024-09-10', '2024-09-10T00:00:00.000Z'],
    ['  2024-09-10  ', '2024-09-10T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['Tue, 10 Sep 2024 14:38:57 GMT', '2024-09-10T14:38:57.000Z'],
    [
      'Tue Sep 10 2024 14:38:57 GMT+0200 (Central European Summer Time)',
      '2024-09-10T12:38:57.000Z',
    ],
    [1_725_979_137, '2024-09-10T14:38:57.000Z'],
    [1_725_979_137.524, '2024-09-10T14:38:57.524Z'],
    [1_725_979_137_524, '2024-09-10T14:38:57.524Z'],
    [1_725_979_137_524_122, '2024-09-10T14:38:57.524Z'],
    ['1725979137', '2024-09-10T14:38:57.000Z'],
    ['1725979137.524', '2024-09-10T14:38:57.524Z'],
    ['1725979137524', '2024-09-10T14:38:57.524Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    ['2100-12-31T23:59:59.999Z', '2100-12-31T23:59:59.999Z'],
  ])('reads %s', (sent, expected) => {
    expect(parseLooseTimestamp(sent)?.toISOString()).toBe(expected);
  });

  it.each([
    '',
    'now',
    'foo 1 GMT',
    '2024',
    '2024-02-30',
    '2024-13-01',
    '2024-00-10',
    '2024-09-10T25:00:00Z',
    '2024-09-10T14:61:00Z',
    '2024-09-10T14:38:57Z and then some',
    '10/09/2024',
    'Tue Sep 10 2024 14:38:57',
    '1969-12-31T23:59:59Z',
    '2101-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9'.repeat(200),
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    undefined,
    true,
    {},
    [],
  ])('finds no moment in %j', (sent) => {
    expect(parseLooseTimestamp(sent)).toBeUndefined();
  });

  it('parses every time that a client writes with toISOString', () => {
    const moment = fc.date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('2100-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, (date) => {
        expect(parseLooseTimestamp(date.toISOString())).toEqual(date);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const date = parseLooseTimestamp(value);
        expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true);
      }),
    );
  });
});

describe('correctSkew', () => {
  const receivedAt = new Date('2026-03-10T12:00:00Z');
  const at = (text: string): Date => new Date(text);

  it('subtracts the client’s clock error, as Segment documents it', () => {
    const timestamp = at('2026-03-10T13:00:00Z');
    const sentAt = at('2026-03-10T13:00:10Z');
    expect(correctSkew({ timestamp, sentAt, receivedAt })).toEqual(at('2026-03-10T11:59:50Z'));
  });

  it('does not correct a timestamp without sentAt', () => {
    const timestamp = at('1997-01-01T00:00:00Z');
    expect(correctSkew({ timestamp, receivedAt })).toEqual(timestamp);
  });

  it('rejects times more than 24 hours in the future', () => {
    const lead = (ms: number): Date => new Date(receivedAt.getTime() + ms);
    const dayMs = 86_400_000;
    expect(correctSkew({ timestamp: lead(dayMs), receivedAt })).toEqual(lead(dayMs));
    expect(correctSkew({ timestamp: lead(dayMs + 1), receivedAt })).toEqual(receivedAt);
  });

  it('falls back to the time of receipt if the corrected time is outside 1970 to 2100', () => {
    const timestamp = at('1971-01-01T00:00:00Z');
    const sentAt = at('2090-01-01T00:00:00Z');
    expect(correctSkew({ timestamp, sentAt, receivedAt })).toEqual(receivedAt);
  });
});
