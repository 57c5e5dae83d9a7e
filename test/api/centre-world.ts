import { signLink, type LinkClaim } from '../../src/links/signed-link';
import { ADMIN, journeysOf, READ, SIGNING, startApiWorld, WRITE, type ApiWorld } from './api-world';

/** Open from before the first test of a file until after its last; see `useCentre`. */
export let world: ApiWorld;

/** Starts an API with a preference centre for the tests of this file. */
export function useCentre(): void {
  beforeAll(async () => {
    world = await startApiWorld(
      {
        centre: {
          settings: {
            brand: 'Marlow & Finch',
            topics: { offers: { en: { name: 'Offers' }, de: { name: 'Angebote' } } },
          },
          channels: ['email', 'sms', 'inapp'],
          defaultLocale: 'en',
          defaultZone: 'UTC',
        },
      },
      journeysOf({
        onDemand: { trigger: { kind: 'request' }, purpose: 'offers' },
        sendsLinks: { trigger: { kind: 'event', event: 'Preference Link Requested' } },
      }),
    );
  });

  afterAll(() => world.stop());
}

let number = 0;

export interface Person {
  readonly userId: string;
  readonly id: string;
  readonly email: string;
}

/** Somebody who gets offers by mail, and has a phone. */
export async function person(traits: object = {}): Promise<Person> {
  const userId = `chooser-${++number}`;
  const email = `${userId}@customers.example`;
  await world.call('POST', '/v1/identify', {
    key: WRITE,
    body: { userId, traits: { email, phone: `+49170${1000 + number}`, ...traits } },
  });
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  await world.call('PUT', `/v1/customers/${userId}/consents`, {
    key: ADMIN,
    body: { channel: 'email', purpose: 'offers', state: 'subscribed', source: 'checkout' },
  });
  return { userId, id: json.id, email };
}

export function link({ id }: { readonly id: string }, claim: Partial<LinkClaim> = {}): string {
  const full: LinkClaim = {
    act: 'preferences',
    customerId: id,
    channel: 'email',
    purpose: 'offers',
    messageId: `message-of-${id}`,
    expiresAt: world.time.now.getTime() + 86_400_000,
    ...claim,
  };
  return `/preferences/${signLink(full, SIGNING)}`;
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export async function formToken(path: string): Promise<string> {
  const { text } = await world.call('GET', path);
  return /name="form"\s+value="([^"]+)"/.exec(text)?.[1] ?? '';
}

/** Posts what a browser would for these fields, with the token of the page. */
export async function post(path: string, fields: Record<string, string | readonly string[]>) {
  const body = new URLSearchParams();
  body.append('form', await formToken(path));
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value].flat()) body.append(name, each);
  }
  return world.call('POST', path, { body: body.toString(), headers: FORM });
}

export async function stateOf({ userId }: Person) {
  const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
  const rows = json.consents as { channel: string; purpose: string; state: string }[];
  return {
    consents: Object.fromEntries(rows.map((row) => [`${row.channel} ${row.purpose}`, row.state])),
    preferences: json.preferences,
  };
}

export const NOTHING_SAID = {
  channels: {},
  topics: {},
  maxPerWeek: null,
  digest: null,
  quietHours: null,
  bestTime: null,
  pausedUntil: null,
};

export const SUBSCRIBED = { was: { 'was-topic': 'offers', 'was-channel': 'email' } };
