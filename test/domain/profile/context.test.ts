import { contextOf } from '../../../src/domain/profile/context';

const NOTHING = { device: null, location: null };
const of = (reported: Partial<Parameters<typeof contextOf>[0]['reported']>, traits = {}) =>
  contextOf({ reported: { ...NOTHING, ...reported }, traits, timeZone: null, locale: null });

it('describes the device without anything that identifies its owner', () => {
  const { device } = of({
    device: {
      device: {
        id: 'ifa-1',
        name: 'Ada’s phone',
        type: 'ios',
        model: 'iPhone17,1',
        token: 'secret',
      },
      os: { name: 'iOS', version: '19.2' },
      app: { name: 'Shop', version: '3' },
      userAgent: null,
    },
  });
  expect(device).toEqual({
    type: 'ios',
    model: 'iPhone17,1',
    os: 'iOS',
    osVersion: '19.2',
    app: 'Shop',
    appVersion: '3',
  });
});

it.each([
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148', 'mobile', 'iOS'],
  ['Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537.36', 'mobile', 'Android'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'desktop', 'Windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0)', 'desktop', 'macOS'],
])('reads %s', (userAgent, type, os) => {
  expect(of({ device: { userAgent } }).device).toEqual({ type, os });
});

it('takes the place from the latest event, or else from the address', () => {
  const location = { city: 'Wien', country: 'AT', latitude: 48.2 };
  expect(of({ location }).place).toEqual({ city: 'Wien', country: 'AT' });
  expect(of({}, { address: { city: 'Graz', street: 'Hauptplatz 1' } }).place).toEqual({
    city: 'Graz',
  });
  expect(of({ device: { userAgent: 'curl/8' } })).toEqual({
    device: null,
    place: null,
    zone: null,
    locale: null,
  });
});
