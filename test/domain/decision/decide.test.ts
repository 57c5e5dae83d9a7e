import * as fc from 'fast-check';
import { decide, type Decision } from '../../../src/domain/decision/decide';
import {
  boundFacts,
  MAX_CANDIDATES,
  MAX_FACTS_LENGTH,
  parseDecisionFacts,
  type ChannelFacts,
  type DecisionFacts,
} from '../../../src/domain/decision/facts';
import { capRules, GATES } from '../../../src/domain/decision/gates';
import { policyVersion } from '../../../src/domain/decision/policy';
import { REASON_CODES } from '../../../src/domain/decision/reason-codes';
import type { CapRule } from '../../../src/domain/decision/caps';
import cases from './decisions.json';
import { anyFacts, anyPolicy, NOW, openFacts, POLICY } from './decision-facts';

interface Case {
  readonly title: string;
  readonly facts?: Partial<DecisionFacts>;
  readonly channels: readonly Partial<ChannelFacts>[];
  readonly outcome: string;
  readonly reason?: string;
  readonly verdicts: readonly string[];
}

const verdicts = ({ candidates }: Decision) => candidates.map(({ verdict }) => verdict);
const open = (decision: Decision) =>
  decision.candidates
    .filter(({ verdict }) => ['chosen', 'passed', 'render-failed'].includes(verdict))
    .map(({ channel }) => channel);

it.each(cases as unknown as readonly Case[])(
  'decides by $title',
  ({ facts, channels, outcome, reason = 'chosen', verdicts: expected }) => {
    const decision = decide(POLICY, openFacts(facts, channels));
    expect({ ...decision, verdicts: verdicts(decision) }).toMatchObject({
      outcome,
      reason,
      verdicts: expected,
    });
  },
);

it('has a case in the table for every reason code', () => {
  const listed = new Set(cases.flatMap((each) => each.verdicts));
  const reasons = new Set<string | undefined>(cases.map(({ reason }) => reason));
  const missing = REASON_CODES.filter((code) => !listed.has(code) && !reasons.has(code));
  expect(missing).toEqual([]);
});

/** Runs a property over decisions under any policy on any facts. */
const always = (holds: (decision: Decision, facts: DecisionFacts) => void) =>
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => holds(decide(policy, facts), facts)),
  );

it('chooses the first open channel, and explains each wanted channel', () => {
  always((decision, facts) => {
    expect(decision.candidates.map(({ channel }) => channel)).toEqual(
      facts.channels.map(({ channel }) => channel),
    );
    if (decision.outcome === 'send') expect(decision.channel).toBe(open(decision)[0]);
    else if (open(decision).length > 0) expect(decision.reason).toBe('render-failed');
  });
});

it('defers only to a later time, and only for a gate that opens by itself', () => {
  always((decision, facts) => {
    if (decision.outcome !== 'defer') return;
    expect(decision.until.getTime()).toBeGreaterThan(facts.now);
    expect(['digest', 'best-time', 'quiet-hours']).toContain(decision.reason);
  });
});

it('gives the reason of the first gate that rejects, whatever the later ones would say', () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const { reason, candidates } = decide(policy, facts);
      for (const { channel, verdict } of candidates) {
        const index = GATES.findIndex(({ codes }) => codes.includes(verdict));
        if (index < 0) continue;
        const one = {
          ...facts,
          channels: facts.channels.filter((each) => each.channel === channel),
        };
        const before = decide(policy, { ...one, unrenderable: null }, GATES.slice(0, index));
        expect(before.outcome).toBe('send');
        expect(decide(policy, one, GATES.slice(0, index + 1)).reason).toBe(verdict);
      }
      expect(REASON_CODES).toContain(reason);
    }),
  );
});

it('never writes to a suppressed address, for whatever purpose', () => {
  always((decision, facts) => {
    const suppressed = facts.channels.filter((each) => each.suppressed);
    for (const { channel } of suppressed) expect(open(decision)).not.toContain(channel);
  });
});

it('never writes marketing without a subscription', () => {
  always((decision, facts) => {
    if (facts.purpose === 'transactional' || decision.outcome !== 'send') return;
    const chosen = facts.channels.find(({ channel }) => channel === decision.channel);
    expect(chosen?.consent).toBe('subscribed');
  });
});

it('takes no notice of consent, preferences, caps and hours for transactional messages', () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const message = { ...facts, purpose: 'transactional' };
      const { preferences: _, ...free } = message;
      const channels = free.channels.map((each) => ({ ...each, consent: 'subscribed' as const }));
      const without = { ...free, channels, sent: { messages: [] } };
      const lax = { ...policy, caps: [], quietHours: [] };
      expect(decide(policy, message)).toEqual(decide(lax, without));
    }),
  );
});

it('never has fewer open channels after more consent', () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const channels = facts.channels.map((each) => ({ ...each, consent: 'subscribed' as const }));
      const more = open(decide(policy, { ...facts, channels }));
      expect(more).toEqual(expect.arrayContaining(open(decide(policy, facts))));
    }),
  );
});

it('never has more open channels after another message', () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      if (!('messages' in facts.sent)) return;
      const sent = { messages: [...facts.sent.messages, [NOW, 'email', 'offers'] as const] };
      const after = open(decide(policy, { ...facts, sent } as DecisionFacts));
      expect(open(decide(policy, facts))).toEqual(expect.arrayContaining(after));
    }),
  );
});

it('decides the same after the facts and the policy were stored as JSON', () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      const stored = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;
      const again = decide(stored(policy), parseDecisionFacts(stored(facts)));
      expect(again).toEqual(decide(policy, facts));
      expect(policyVersion(stored(policy))).toBe(policyVersion(policy));
    }),
  );
});

it('decides the same from facts that were bounded, which are never too long', () => {
  const filler = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(anyPolicy, anyFacts, filler, (policy, facts, count) => {
      const extra = Array.from({ length: count }, (_, index) => {
        return [NOW - index * 3_600_000, 'email', 'offers'] as const;
      });
      const messages = 'messages' in facts.sent ? [...facts.sent.messages, ...extra] : extra;
      const many = { ...facts, sent: { messages } } as DecisionFacts;
      const bounded = boundFacts(many, capRules(policy, many));
      expect(JSON.stringify(bounded).length).toBeLessThanOrEqual(MAX_FACTS_LENGTH);
      expect(decide(policy, bounded)).toEqual(decide(policy, many));
    }),
  );
});

it('bounds the facts of as many channels and rules as there may be', () => {
  const long = 'x'.repeat(31);
  const channel = { channel: long as 'email', cost: 0.123456789 };
  const facts = openFacts(
    {
      purpose: 'p'.repeat(60),
      zone: 'America/Argentina/ComodRivadavia',
      consents: Array.from({ length: 13 }, () => {
        return { channel: long, purpose: long, state: 'unsubscribed' as const, at: long };
      }),
      sent: { messages: Array.from({ length: 200 }, () => [NOW, 'email', long]) },
    },
    Array.from({ length: MAX_CANDIDATES }, () => channel),
  );
  const rules = Array.from({ length: 30 }, () => POLICY.caps[0] as CapRule);
  expect(JSON.stringify(boundFacts(facts, rules)).length).toBeLessThanOrEqual(MAX_FACTS_LENGTH);
});

it('has gates that read only the facts that they name', () => {
  fc.assert(
    fc.property(anyPolicy, anyFacts, (policy, facts) => {
      for (const gate of GATES) {
        const read = new Set<string>();
        const watched = new Proxy(facts, {
          get(target, key: keyof DecisionFacts) {
            read.add(key);
            return target[key];
          },
        });
        for (const channel of facts.channels) {
          if (gate.scope === 'intent') gate.check(watched);
          else gate.check(policy, watched, channel);
        }
        expect(gate.needs).toEqual(expect.arrayContaining([...read]));
      }
    }),
  );
});
