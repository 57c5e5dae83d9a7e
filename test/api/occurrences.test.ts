import { occurrences } from '../../src/activities/system/occurrences';

const at = (text: string) => Date.parse(text);

describe('the occurrences of a schedule', () => {
  it('are due once: only the latest of several missed ones', async () => {
    const daily = { recurrence: '0 9 * * *', zone: 'Europe/Berlin' };
    const after = at('2026-01-01T08:00:00Z');
    expect(await occurrences({ ...daily, after, now: at('2026-01-01T20:00:00Z') })).toEqual({
      due: null,
      next: at('2026-01-02T08:00:00Z'),
    });
    expect(await occurrences({ ...daily, after, now: at('2026-01-02T08:00:00Z') })).toEqual({
      due: at('2026-01-02T08:00:00Z'),
      next: at('2026-01-03T08:00:00Z'),
    });
    expect(await occurrences({ ...daily, after, now: at('2026-07-05T12:00:00Z') })).toEqual({
      due: at('2026-07-05T07:00:00Z'),
      next: at('2026-07-06T07:00:00Z'),
    });
  });

  it('are found quickly, however dense and however long ago', async () => {
    const began = performance.now();
    const every = { recurrence: '* * * * * *', zone: 'UTC' };
    const now = at('2026-06-01T00:00:00.500Z');
    const found = await occurrences({ ...every, after: at('2020-01-01T00:00:00Z'), now });
    expect(found).toEqual({ due: at('2026-06-01T00:00:00Z'), next: at('2026-06-01T00:00:01Z') });
    const yearly = {
      recurrence: 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=0;BYSECOND=0',
      zone: 'UTC',
    };
    expect((await occurrences({ ...yearly, after: at('2019-01-01T00:00:00Z'), now })).due).toBe(
      at('2026-03-01T09:00:00Z'),
    );
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
