import { parseTrackingCall, type CallType } from '../../../src/domain/events/tracking-call';
import { identityOfCall } from '../../../src/domain/identity/identity-of-call';

function identityOf(type: CallType, body: object, blocked: readonly string[] = []) {
  const parsed = parseTrackingCall(type, body, { receivedAt: new Date('2026-03-02T10:00:00Z') });
  if (!parsed.ok) throw new Error(parsed.reason);
  const { identifiers, ...more } = identityOfCall(parsed.call, new Set(blocked));
  return { names: identifiers.map(({ kind, value }) => `${kind}:${value}`), ...more };
}

describe('the identifiers of a call', () => {
  it('are its ids, its addresses, its device and its custom ids, the strongest first', () => {
    const body = {
      userId: 'ada',
      anonymousId: 'laptop',
      traits: { email: ' Ada@Shop.example ', phone: '+49 30 901820' },
      context: {
        device: { token: 'token-1' },
        externalIds: [
          { id: '007', type: 'loyalty_card', collection: 'users', encoding: 'none' },
          { id: 'acme', type: 'account', collection: 'accounts' },
        ],
      },
    };
    expect(identityOf('identify', body).names).toEqual([
      'user_id:ada',
      'custom:loyalty_card:007',
      'email:ada@shop.example',
      'phone:+4930901820',
      'anonymous_id:laptop',
      'push_token:token-1',
    ]);
  });

  it('do not include addresses from track calls', () => {
    const body = {
      anonymousId: 'a',
      event: 'Signed Up',
      properties: { email: 'ada@shop.example' },
    };
    expect(identityOf('track', body).names).toEqual(['anonymous_id:a']);
  });

  it('do not include a phone number without a country code, nor an invalid address', () => {
    const traits = { phone: '030 901820', email: 'ada at shop' };
    expect(identityOf('identify', { userId: 'ada', traits }).names).toEqual(['user_id:ada']);
  });

  it.each([
    'null',
    'NULL',
    ' undefined ',
    'anonymous',
    '-1',
    '0',
    '0000',
    '00000000-0000-0000-0000-000000000000',
    'N/A',
    '[object Object]',
    'guest',
    'test-user',
  ])('do not include the placeholder %s', (value) => {
    const blocked = ['test-user'];
    expect(identityOf('track', { event: 'A', userId: value }, blocked)).toEqual({
      names: [],
      blocked: value,
    });
    expect(
      identityOf('track', { event: 'A', userId: value, anonymousId: 'a' }, blocked).names,
    ).toEqual(['anonymous_id:a']);
    expect(
      identityOf('alias', { previousId: value, userId: 'ada' }, blocked).previousId,
    ).toBeUndefined();
  });

  it.each(['1', '10', '-10', '0a', 'null-island', 'anonymous-fox', '100-000'])(
    'include %s',
    (value) => {
      expect(identityOf('track', { event: 'A', userId: value }).names).toEqual([
        `user_id:${value}`,
      ]);
    },
  );
});
