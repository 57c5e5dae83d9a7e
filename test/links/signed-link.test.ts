import * as fc from 'fast-check';

import { newId } from '../../src/db/new-id';
import { messageLinks } from '../../src/links/message-links';
import { readLink, signLink, type LinkClaim } from '../../src/links/signed-link';

const KEY = 'a-signing-key-for-tests-of-32-chars!';
const NOW = new Date('2026-03-02T10:00:00Z');

const claim: LinkClaim = {
  act: 'preferences',
  customerId: newId(),
  channel: 'sms',
  purpose: '*',
  messageId: newId(),
  expiresAt: NOW.getTime() + 60_000,
};

describe('a signed link', () => {
  it.each([
    ['of the preference centre', claim],
    ['of another act', { ...claim, act: 'unsubscribe', purpose: 'offers' }],
    ['with an id of another kind', { ...claim, customerId: 'ada' }],
    ['on any channel', { ...claim, channel: '*' }],
  ] as const)('says what was signed: %s', (_, given) => {
    expect(readLink(signLink(given, KEY), KEY, NOW)).toEqual(given);
  });

  it('expires', () => {
    const late = new Date(claim.expiresAt + 1);
    expect(readLink(signLink(claim, KEY), KEY, late)).toBe('expired');
  });

  it('is forged if a single character differs', () => {
    const token = signLink(claim, KEY);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom('A', 'z', '_'), (at, sign) => {
        const changed = token.slice(0, at) + sign + token.slice(at + 1);
        fc.pre(changed !== token);
        expect(readLink(changed, KEY, NOW)).toBe('forged');
      }),
    );
  });

  it('of the preference centre is short enough for a text message', () => {
    const links = messageLinks(
      { publicUrl: 'https://m.shop.example', signingKey: KEY },
      { ...claim, decidedAt: NOW },
    );
    expect(links.preferences.length).toBeLessThan(140);
  });
});
