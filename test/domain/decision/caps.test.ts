import * as fc from 'fast-check';

import { capGate } from '../../../src/domain/decision/caps';
import type { CapRule, SentMessage } from '../../../src/domain/decision/caps';

const HOUR_MS = 3_600_000;
const now = new Date('2026-03-10T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);

const mail = (hours: number, purpose = 'offers'): SentMessage => ({
  at: hoursAgo(hours),
  channel: 'email',
  purpose,
});
const text = (hours: number): SentMessage => ({ ...mail(hours), channel: 'sms' });

const daily: CapRule = { name: 'daily', max: 2, window: '1 day' };

function gate(
  rules: readonly CapRule[],
  sent: readonly SentMessage[],
  at = now,
): ReturnType<typeof capGate> {
  return capGate({ rules, sent, candidate: { channel: 'email', purpose: 'offers' }, now: at });
}

describe('capGate', () => {
  it('lets messages pass up to the cap, and names the rule and the opening beyond it', () => {
    expect(gate([daily], [mail(1)])).toEqual({ pass: true });
    expect(gate([daily], [mail(1), mail(5)])).toEqual({
      pass: false,
      reason: 'capped',
      rule: daily,
      sentInWindow: 2,
      opensAt: new Date(hoursAgo(5).getTime() + 24 * HOUR_MS),
    });
  });

  it('no longer counts a message when exactly the window has passed', () => {
    expect(gate([daily], [mail(1), mail(24)]).pass).toBe(true);
    const almost = { ...mail(24), at: new Date(hoursAgo(24).getTime() + 1) };
    expect(gate([daily], [mail(1), almost]).pass).toBe(false);
  });

  it('counts a message that another workflow, whose clock is ahead, has just sent', () => {
    expect(gate([daily], [mail(-0.001), mail(1)]).pass).toBe(false);
  });

  it('neither counts nor caps transactional messages', () => {
    const receipts = [mail(1, 'transactional'), mail(2, 'transactional')];
    expect(gate([daily], receipts).pass).toBe(true);
    const candidate = { channel: 'email', purpose: 'transactional' } as const;
    const closed = { name: 'closed', max: 0, window: '1 day' } as const;
    expect(capGate({ rules: [closed], sent: [mail(1)], candidate, now })).toEqual({ pass: true });
  });

  it('counts and holds back only the channels and purposes of a rule', () => {
    const sms: CapRule = { ...daily, channels: ['sms'] };
    expect(gate([sms], [text(1), text(2)]).pass).toBe(true);
    const email: CapRule = { ...daily, channels: ['email'] };
    expect(gate([email], [text(1), mail(2)]).pass).toBe(true);
    const offers: CapRule = { ...daily, purposes: ['offers'] };
    expect(gate([offers], [mail(1, 'newsletter'), mail(2)]).pass).toBe(true);
    expect(gate([offers], [mail(1), mail(2)]).pass).toBe(false);
  });

  it('names the rule that stays closed longest', () => {
    const weekly: CapRule = { name: 'weekly', max: 2, window: '7 days' };
    expect(gate([daily, weekly], [mail(1), mail(2)])).toMatchObject({ rule: weekly });
    expect(gate([weekly, daily], [mail(1), mail(2)])).toMatchObject({ rule: weekly });
  });

  it('looks again after one window where a rule allows nothing', () => {
    const closed: CapRule = { name: 'closed', max: 0, window: '1 day' };
    expect(gate([closed], [])).toMatchObject({ opensAt: hoursAgo(-24), sentInWindow: 0 });
    expect(gate([{ ...closed, max: Number.NaN }], []).pass).toBe(false);
  });

  it('opens exactly when it says: not a millisecond before, and for every rule', () => {
    const rule = fc.record({
      name: fc.constant('rule'),
      max: fc.integer({ min: 1, max: 4 }),
      window: fc.integer({ min: 1, max: 100 * HOUR_MS }),
    });
    const sent = fc.array(fc.integer({ min: 0, max: 200 * HOUR_MS }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), sent, (rules, ages) => {
        const messages = ages.map((age) => ({ ...mail(0), at: new Date(now.getTime() - age) }));
        const result = gate(rules, messages);
        if (result.pass) return;
        expect(result.opensAt.getTime()).toBeGreaterThan(now.getTime());
        expect(gate(rules, messages, result.opensAt).pass).toBe(true);
        expect(gate(rules, messages, new Date(result.opensAt.getTime() - 1)).pass).toBe(false);
      }),
    );
  });

  it('never lets more through than the cap in any window', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 12 * HOUR_MS }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (gaps) => {
        const sent: SentMessage[] = [];
        let at = now.getTime();
        for (const gap of gaps) {
          at += gap;
          if (gate([daily], sent, new Date(at)).pass) sent.push({ ...mail(0), at: new Date(at) });
        }
        for (const first of sent) {
          const end = first.at.getTime() + 24 * HOUR_MS;
          const inWindow = sent.filter((each) => each.at >= first.at && each.at.getTime() < end);
          expect(inWindow.length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});
